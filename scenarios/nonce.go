package scenarios

import (
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
)

// MaxNth is beyond any request of a journey.
const MaxNth = 1<<24 - 1

// Tokens is how long the prompt with a nonce is, and the answer to it, whoever
// answers: as its journey says, or not said.
func (p *Plan) Tokens(nonce string) length.Tokens {
	n, ok := answer.Nth(p.Seed, nonce)
	journey, nth := n>>24, n&MaxNth
	if !ok || journey >= uint64(len(p.Journeys)) || nth == MaxNth {
		return length.Tokens{}
	}
	j := &p.Journeys[journey]
	return j.Lengths.Of(p.Seed, j.Name, int(nth))
}

// AnswerTokens is how long the answer to a nonce is; 0: not said.
func (p *Plan) AnswerTokens(nonce string) int { return p.Tokens(nonce).Out }

// Nonce is the word by which a planned request is known. It comes from the journey
// and the request's place in it, so that two runs of one scenario ask the same and
// another journey's rate moves nobody's luck. Who asks a question again asks it
// with the nonce of the first.
func (p *Plan) Nonce(due traffic.Due) string {
	return answer.Nonce(p.Seed, uint64(due.Journey)<<24|uint64(due.Question())&MaxNth)
}
