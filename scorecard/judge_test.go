package scorecard_test

import "testing"

// resilient tries the primary once and then the secondary.
func resilient(q *ask) {
	if q.try("primary").ok || q.try("secondary").ok {
		q.answer()
		return
	}
	q.fail(502)
}

func TestControlFindsNothing(t *testing.T) {
	d := newSynth("calm 15", "surge 30", "after 30")
	d.journey("api", 5)
	d.fault("surge", "primary", "server_error", 1)
	windows := d.setup.Windows
	d.setup.Windows = nil // nothing is played …
	d.play(resilient)
	d.setup.Windows = windows // … and it is judged with the planned windows
	card := judge(t, d.log())
	if got := codes(card); len(got) != 0 {
		t.Errorf("a no-fault control found %v", got)
	}
	t.Log(card.Verdict, card.Sentence, card.Reasons, card.Grade)
}
