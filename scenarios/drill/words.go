package drill

import (
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// words makes the prompt of a planned request.
func (d *drill) words(due traffic.Due) ask.Words {
	w := d.question(due)
	if due.N >= 0 { // a canary has no session: with one it would be an earlier turn of somebody's
		w.Session = d.plan.Journeys[due.Journey].Session(due.Session)
		d.ledger.asks(w.Nonce, w.Session)
	}
	return w
}

// question is what is asked, by whoever.
func (d *drill) question(due traffic.Due) ask.Words {
	w := ask.Words{Nonce: d.plan.Nonce(due), Turn: due.Turn}
	w.Prompt = questions[due.Question()%len(questions)] + " My reference is " + w.Nonce + "."
	if in := d.plan.Tokens(w.Nonce).In; in > 0 {
		w.Prompt = stretched(w, in)
	}
	return w
}

// questions are what a user of a support desk might ask.
var questions = [...]string{
	"Where is my order?",
	"How do I change the delivery address of an order that is already on its way?",
	"I was charged twice this month. What happened?",
	"Please explain how to reset my password when I no longer have the old phone.",
	"Can I return a gift without the receipt?",
	"Summarise the terms of the warranty for me.",
	"Why was my application declined?",
	"What does error 1047 mean, and what should I do next?",
}
