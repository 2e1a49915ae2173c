package drill

import (
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
)

// background is what users paste behind their question, again and again.
const background = "Here is what was written before, in full, so that nothing of it is missed. " +
	"The order was placed on a Monday and confirmed by mail within the hour. " +
	"On Tuesday the parcel left the warehouse, and the page said that it would come on Thursday. " +
	"It did not come, and the page has said the same ever since. " +
	"The first agent promised a call, the second a refund, the third asked for the number again. " +
	"Below are the terms as they stood on that day, with every clause and every footnote. "

// stretched is the prompt of a request with as many words behind it as make it so many
// tokens, as the mocks count them. What is asked for less gives up the question first;
// by its reference alone it is still known.
func stretched(w ask.Words, tokens int) string {
	room := mockllm.PromptBytes(tokens)
	if len(w.Prompt) > room {
		return "My reference is " + w.Nonce + "."
	}
	var b strings.Builder
	b.Grow(room)
	b.WriteString(w.Prompt)
	for left := room - b.Len(); left > 0; left = room - b.Len() {
		if b.Len() == len(w.Prompt) {
			b.WriteByte(' ')
			continue
		}
		b.WriteString(background[:min(left, len(background))])
	}
	return b.String()
}
