package scenarios

import (
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
)

// MaxNth is beyond any request of a journey.
const MaxNth = 1<<24 - 1

// Nonce is the word by which a planned request is known. It comes from the journey
// and the request's place in it, so that two runs of one scenario ask the same and
// another journey's rate moves nobody's luck. Who asks a question again asks it
// with the nonce of the first.
func (p *Plan) Nonce(due traffic.Due) string {
	return answer.Nonce(p.Seed, uint64(due.Journey)<<24|uint64(due.Question())&MaxNth)
}
