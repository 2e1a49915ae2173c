package mockllm

import (
	"net/http"
	"strconv"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
)

// exchange is one request being answered.
type exchange struct {
	*Server
	*mint
	w       http.ResponseWriter
	r       *http.Request
	req     Request
	arrived time.Time
	due     time.Time // when what was written last was due; pauses count from it
	timer   *time.Timer
	key     string // what the answer's draws are made for: its nonce, or a number
	timing  *Timing
	slow    slow
	served  Served
}

// minVerifiable is the shortest answer in tokens that proves anything and says
// something: tag, nonce, a word, checksum.
const minVerifiable = 4

// compose draws the answer and its pace. It has the drawn length, or as many
// tokens as the request allows: an answer that ends early for that is shorter, not
// broken off, so that nobody takes it for a truncated one. Where not even the
// shortest verifiable answer fits, it is cut, and cut is true; then, and when the
// request has no nonce, it is of words that claim nothing.
func (x *exchange) compose() (words []string, cut bool) {
	if x.key = x.req.Nonce; x.key == "" {
		x.key = strconv.FormatUint(x.strange.Add(1), 10)
	}
	x.timing = x.spec.model(x.req.Model).Timing(x.opts.Seed, x.name, x.key)
	x.slow = slowOf(x.r.Context())
	x.served.TokensIn = tokensIn(x.req.Prompt)

	n := max(x.timing.Tokens, minVerifiable)
	if x.req.MaxTokens > 0 {
		n = min(n, x.req.MaxTokens)
	}
	if cut = n < minVerifiable; cut || x.req.Nonce == "" {
		return answer.Plain(n), cut
	}
	return answer.Make(x.name, x.req.Nonce, n-3), false
}

// tokensIn estimates a prompt: four characters a token, and three for its frame.
func tokensIn(prompt string) int { return (len(prompt)+3)/4 + 3 }

// first is the time to the first token.
func (x *exchange) first() time.Duration { return times(x.timing.TTFT, x.slow.ttft) }

// gaps is the time that so many tokens take.
func (x *exchange) gaps(tokens int) time.Duration {
	var d time.Duration
	for range tokens {
		d += times(x.timing.Gap(), x.slow.gap)
	}
	return d
}

// pause waits until d after what was written last was due, and says whether the
// client is still there. What is late does not make the rest later.
func (x *exchange) pause(d time.Duration) bool {
	x.due = x.due.Add(d)
	ctx := x.r.Context()
	left := time.Until(x.due)
	if left <= 0 {
		return ctx.Err() == nil
	}
	if x.timer == nil {
		x.timer = time.NewTimer(left)
	} else {
		x.timer.Reset(left)
	}
	select {
	case <-x.timer.C:
		return true
	case <-ctx.Done():
		x.timer.Stop()
		return false
	}
}

// elapsed is the time since the request came, in ms.
func (x *exchange) elapsed() string {
	return strconv.FormatInt(time.Since(x.arrived).Milliseconds(), 10)
}

// writeHead sends the header.
func (x *exchange) writeHead(status int, h head) {
	to := x.w.Header()
	for name, values := range h {
		to[name] = values
	}
	x.served.Status = status
	x.w.WriteHeader(status)
}

// reply sends a whole answer.
func (x *exchange) reply(r Reply) {
	h := head(r.Header)
	h.with("Content-Length", strconv.Itoa(len(r.Body)))
	x.writeHead(r.Status, h)
	_, _ = x.w.Write(r.Body) // a client that left needs no answer
}

// content counts tokens that are on their way to the client.
func (x *exchange) content(tokens int) {
	if x.served.First.IsZero() {
		x.served.First = time.Now()
	}
	x.served.TokensOut += tokens
}
