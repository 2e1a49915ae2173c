package mockllm

import (
	"maps"
	"net/http"
	"strconv"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
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
	// Of an answer that is a stream: what flushes it.
	streaming *http.ResponseController
	flushed   bool
	key       string // what the answer's draws are made for: its nonce, or a number
	timing    *pace.Timing
	slow      slow
	left      limits.Allowance // what the limits leave, this request counted in
	served    Served
}

// promptFrame is what the frame of a prompt counts as.
const promptFrame = 3

// tokensIn estimates a prompt: four characters a token, and its frame.
func tokensIn(prompt string) int { return (len(prompt)+3)/4 + promptFrame }

// attachmentTokens is what an attachment counts as: what OpenAI takes for an image of
// 1024 by 1024.
const attachmentTokens = 765

// Tokens estimates what a request says, in tokens.
func (r Request) Tokens() int { return r.tokens() }

// tokens estimates what a request says.
func (r Request) tokens() int { return tokensIn(r.Prompt) + r.Attachments*attachmentTokens }

// first is the time to the first token.
func (x *exchange) first() time.Duration { return pace.Times(x.timing.TTFT, x.slow.ttft) }

// gaps is the time that so many tokens take.
func (x *exchange) gaps(tokens int) time.Duration {
	var d time.Duration
	for range tokens {
		d += pace.Times(x.timing.Gap(), x.slow.gap)
	}
	return d
}

// gap is the time that an event of so many tokens takes: what comes at once was made
// at one pace.
func (x *exchange) gap(tokens int) time.Duration {
	return pace.Times(x.timing.Gap(), x.slow.gap*float64(tokens))
}

// bursts cuts an answer into what its events carry.
func (x *exchange) bursts(all wording) []wording {
	lengths := x.dialect.bursts(all.len(), draw.Answer{Seed: x.opts.Seed, Stream: x.name, Key: x.key})
	bursts := make([]wording, len(lengths))
	for i, n := range lengths {
		bursts[i], all = all.cut(n)
	}
	return bursts
}

// whole is the time that an answer takes after its first token, streamed or not.
func (x *exchange) whole(bursts []wording) (d time.Duration) {
	for _, b := range bursts {
		d += x.gap(b.len())
	}
	return d
}

// pause waits until d after what was written last was due, and says whether the
// client is still there. What is late does not make the rest later.
func (x *exchange) pause(d time.Duration) bool {
	if d > 0 && !x.flush() {
		return false
	}
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

// until waits until a moment at which something is due, as pause does.
func (x *exchange) until(t time.Time) bool { return x.pause(t.Sub(x.due)) }

// elapsed is the time since the request came, in ms.
func (x *exchange) elapsed() string {
	return strconv.FormatInt(time.Since(x.arrived).Milliseconds(), 10)
}

// head is the header that the answer will have, to be filled in by what is about to
// send it.
func (x *exchange) head() head { return head(x.w.Header()) }

// writeHead sends the header.
func (x *exchange) writeHead(status int) {
	x.served.Status = status
	x.w.WriteHeader(status)
}

// reply sends a whole answer, and says whether anybody still took it. Its header is
// added to what is in place.
func (x *exchange) reply(r Reply) bool {
	maps.Copy(x.head(), r.Header)
	x.head().with("Content-Length", strconv.Itoa(len(r.Body)))
	x.writeHead(r.Status)
	_, err := x.w.Write(r.Body)
	return err == nil
}

// document sends JSON as a whole answer, whose header is in place.
func (x *exchange) document(v any, indent, end string) bool {
	s := x.sheet()
	defer x.sheets.Put(s)
	return x.reply(Reply{Status: http.StatusOK, Body: s.document(v, indent, end)})
}

// compact appends JSON on one line.
func (x *exchange) compact(b []byte, v any) []byte {
	s := x.sheet()
	defer x.sheets.Put(s)
	return append(b, s.document(v, "", "")...)
}

// sheet takes one of the server's sheets, to be put back.
func (x *exchange) sheet() *sheet {
	if s, ok := x.sheets.Get().(*sheet); ok {
		return s
	}
	return new(sheet)
}

// content counts tokens that are on their way to the client.
func (x *exchange) content(tokens int) {
	if x.served.First.IsZero() {
		x.served.First = time.Now()
	}
	x.served.TokensOut += tokens
}
