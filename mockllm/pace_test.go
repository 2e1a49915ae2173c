package mockllm_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// schedule is when the content events of a stream are due, when it ends, and when a
// whole answer is due, by the draws of its nonce. Events carry so many tokens.
func schedule(m pace.Model, nonce string, slow [2]float64, tokens []int) (content []time.Duration, end time.Duration) {
	times := func(d time.Duration, f float64) time.Duration { return time.Duration(float64(d) * f) }
	d := m.Timing("", 0, draw.Answer{Seed: 7, Stream: "primary", Key: nonce})
	end = times(d.TTFT, slow[0])
	for _, n := range tokens {
		content = append(content, end)
		end += times(d.Gap(), slow[1]*float64(n))
	}
	return content, end
}

func TestPace(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		for i, slow := range [][2]float64{{1, 1}, {4, 4}, {6, 1.5}} {
			synctest.Test(t, func(t *testing.T) {
				nonce := answer.Nonce(1, uint64(i))
				ctx := mockllm.WithSlow(t.Context(), slow[0], slow[1])
				s := server(t, dialect, pace.Mid(), nil)
				c := do(s, request(ctx, "POST", path(dialect), chat(nonce, `,"stream":true`)))
				var content []time.Duration
				var tokens []int
				for _, w := range c.writes {
					if s.Part(mockllm.Request{}, []byte(w.data)) == mockllm.Content {
						content = append(content, w.at)
						tokens = append(tokens, len(strings.Fields(streamText(t, w.data))))
					}
				}
				want, end := schedule(pace.Mid(), nonce, slow, tokens)
				if diff := cmp.Diff(want, content); diff != "" {
					t.Errorf("%s, slow %v: content is due (-want +got):\n%s", dialect, slow, diff)
				}
				if held := c.held(); len(held) > 0 {
					t.Errorf("held back %q", held)
				}
				if first, last := c.writes[0].at, c.writes[len(c.writes)-1].at; first != want[0] || last != end {
					t.Errorf("%s, slow %v: the stream is from %v to %v; want %v to %v", dialect, slow, first, last, want[0], end)
				}

				spec := mockllm.Spec{Dialect: dialect, Models: map[string]pace.Model{"m": pace.Mid()}}
				if first, whole := spec.Pacing("primary", mockllm.Options{Seed: 7})("m", nonce); i == 0 && (first != want[0] || whole != end) {
					t.Errorf("%s: an answer is said to take %v and %v, and takes %v and %v", dialect, first, whole, want[0], end)
				}
				whole := do(s, request(ctx, "POST", path(dialect), chat(nonce, "")))
				if len(whole.writes) != 1 || whole.writes[0].at != end {
					t.Errorf("%s, slow %v: the whole answer came at %v; want %v", dialect, slow, whole.writes[0].at, end)
				}
			})
		}
	}
}

// TestModelsHaveTheirOwnPace, and those that the spec does not name another.
func TestModelsHaveTheirOwnPace(t *testing.T) {
	spread := func(d time.Duration) pace.Model { return pace.Model{TTFT: pace.Spread{P50: d}} }
	s, err := mockllm.New("primary", mockllm.Spec{
		Dialect: "openai", Others: spread(time.Second),
		Models: map[string]pace.Model{"fast": spread(time.Millisecond), "usual": {}},
	}, mockllm.Options{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	nonce := answer.Nonce(1, 1)
	for model, want := range map[string]time.Duration{
		"fast": time.Millisecond, "another": time.Second, // 30 µs more for each of the nine tokens of the prompt.
		"usual": pace.Mid().Timing("", 0, draw.Answer{Seed: 7, Stream: "primary", Key: nonce}).TTFT + 9*30*time.Microsecond,
	} {
		synctest.Test(t, func(t *testing.T) {
			c := do(s, request(t.Context(), "POST", "/v1/chat/completions", strings.Replace(chat(nonce, `,"stream":true`), "some-model", model, 1)))
			if c.writes[0].at != want {
				t.Errorf("%s: the first token came at %v; want %v", model, c.writes[0].at, want)
			}
		})
	}
}

// TestRequestsWithoutANonceDifferToo: their draws are numbered instead.
func TestRequestsWithoutANonceDifferToo(t *testing.T) {
	run := func() (ttft []time.Duration) {
		s := server(t, "openai", pace.Mid(), nil)
		for range 3 {
			synctest.Test(t, func(t *testing.T) {
				c := do(s, request(t.Context(), "POST", "/v1/chat/completions", chat("", `,"stream":true`)))
				ttft = append(ttft, c.writes[0].at)
			})
		}
		return ttft
	}
	first := run()
	if first[0] == first[1] || first[1] == first[2] {
		t.Errorf("their first tokens came at %v", first)
	}
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("another run differs (-first +second):\n%s", diff)
	}
}

// TestBursts: what Anthropic sends at once is a few words.
func TestBursts(t *testing.T) {
	s := server(t, "anthropic", pace.Instant(), nil)
	sizes := map[int]int{}
	for i := range 100 {
		c := do(s, request(t.Context(), "POST", "/v1/messages", chat(answer.Nonce(1, uint64(i)), `,"stream":true`)))
		for _, w := range c.writes {
			if n := len(strings.Fields(streamText(t, w.data))); n > 0 {
				sizes[n]++
			}
		}
	}
	for n := range sizes {
		if n > 15 {
			t.Errorf("%d words at once", n)
		}
	}
	for n := 4; n <= 15; n++ {
		if sizes[n] < 20 {
			t.Errorf("only %d events of %d words", sizes[n], n)
		}
	}
}

func TestSlowTwiceIsMultiplied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := mockllm.WithSlow(mockllm.WithSlow(t.Context(), 2, 5), 3, 7)
		c := do(server(t, "openai", short(), nil), request(ctx, "POST", "/v1/chat/completions", chat(answer.Nonce(1, 1), `,"stream":true`)))
		first, last := c.writes[0].at, c.writes[len(c.writes)-1].at
		if want := 6 * short().TTFT.P50; first != want {
			t.Errorf("the head came at %v; want %v", first, want)
		}
		if want := 6 * 35 * short().Gap.P50; last-first != want {
			t.Errorf("six gaps took %v; want %v", last-first, want)
		}
	})
}

// TestNobodyIsThere: a client that left before nothing had to be waited for.
func TestNobodyIsThere(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	leave()
	for _, more := range []string{"", `,"stream":true`} {
		for _, dialect := range []string{"openai", "anthropic"} {
			c := do(server(t, dialect, pace.Instant(), nil), request(ctx, "POST", path(dialect), chat(answer.Nonce(1, 1), more)))
			if c.status != 0 || len(c.writes) > 0 {
				t.Errorf("%s%s: nobody was told %d %q", dialect, more, c.status, c.body())
			}
		}
	}
}

// TestTakenOver: the mock stops when what stands before the client takes the answer
// over.
func TestTakenOver(t *testing.T) {
	for _, dialect := range []string{"openai", "anthropic"} {
		for after := range 9 {
			w := &takeover{capture: newCapture(), after: after}
			var got mockllm.Served
			s := server(t, dialect, pace.Instant(), func(_ *http.Request, s mockllm.Served) { got = s })
			s.ServeHTTP(w, request(t.Context(), "POST", path(dialect), chat(answer.Nonce(1, 1), `,"stream":true`)))
			if w.refused != 1 {
				t.Errorf("%s: %d writes after the end", dialect, w.refused)
			}
			if tokens := len(strings.Fields(streamText(t, w.body()))); got.TokensOut != tokens || got.Finish != "" {
				t.Errorf("%s: told of %d tokens and finish %q; %d were taken", dialect, got.TokensOut, got.Finish, tokens)
			}
		}
	}
}

// takeover takes so many events and no more.
type takeover struct {
	*capture
	after, refused int
}

func (w *takeover) Write(p []byte) (int, error) {
	if len(w.writes) == w.after {
		w.refused++
		return 0, io.ErrClosedPipe
	}
	return w.capture.Write(p)
}

// late takes long over its third write.
type late struct {
	*capture
	n int
}

func (l *late) Write(p []byte) (int, error) {
	if l.n++; l.n == 3 {
		time.Sleep(25 * time.Millisecond)
	}
	return l.capture.Write(p)
}

// TestASlowReaderDelaysOnce: events that became late come at once, the others when
// they are due.
func TestASlowReaderDelaysOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &late{capture: newCapture()}
		server(t, "openai", short(), nil).ServeHTTP(w, request(t.Context(), "POST", "/v1/chat/completions", chat(answer.Nonce(1, 1), `,"stream":true`)))
		var got []time.Duration
		for _, e := range w.writes {
			got = append(got, e.at-short().TTFT.P50)
		}
		ms := time.Millisecond
		// Role and first word, the late one, two that it held up, two in time, the end.
		want := []time.Duration{0, 0, 35 * ms, 35 * ms, 35 * ms, 40 * ms, 50 * ms, 60 * ms, 60 * ms}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// pipes is a network of pipes, for servers in bubbles.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }
func (p *pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p.conns <- server
	return client, nil
}

// TestTheMockStopsWhenTheClientLeaves: at once, wherever it is.
func TestTheMockStopsWhenTheClientLeaves(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name   string
		more   string
		leaves time.Duration
		want   mockllm.Served
	}{
		{"before the first token", `,"stream":true`, 300 * ms, mockllm.Served{}},
		{"in the stream", `,"stream":true`, 374*ms + 25*ms, mockllm.Served{Status: 200, TokensOut: 3}},
		{"after the last token, before the end", `,"stream":true`, 374*ms + 55*ms, mockllm.Served{Status: 200, TokensOut: 6}},
		{"waiting for the whole answer", ``, 400 * ms, mockllm.Served{}},
	} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var got []mockllm.Served
			var at time.Duration
			served := func(_ *http.Request, s mockllm.Served) {
				at = time.Since(start)
				got = append(got, mockllm.Served{Status: s.Status, TokensOut: s.TokensOut, Finish: s.Finish})
			}
			network := newPipes()
			srv := &http.Server{Handler: server(t, "openai", short(), served)}
			done := make(chan error, 1)
			go func() { done <- srv.Serve(network) }()
			client := &http.Client{Transport: &http.Transport{DialContext: network.dial}}

			ctx, leave := context.WithTimeout(t.Context(), c.leaves)
			defer leave()
			r := request(ctx, "POST", "http://mock/v1/chat/completions", chat(answer.Nonce(1, 1), c.more))
			r.RequestURI = ""
			if resp, err := client.Do(r); err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if err == nil {
					t.Errorf("%s: the answer ended well", c.name)
				}
			}
			synctest.Wait()
			if diff := cmp.Diff([]mockllm.Served{c.want}, got); diff != "" || at != c.leaves {
				t.Errorf("%s: served at %v; want %v (-want +got):\n%s", c.name, at, c.leaves, diff)
			}
			srv.Close()
			<-done
		})
	}
}

// TestThePromptIsRead before the first token comes.
func TestThePromptIsRead(t *testing.T) {
	first := func(prompt string) (at time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			s := provider(t, mockllm.Spec{Dialect: "openai"})
			body := `{"model":"claude-opus","stream":true,"messages":[{"role":"user","content":"` + answer.Nonce(1, 1) + prompt + `"}]}`
			at = do(s, request(t.Context(), "POST", "/v1/chat/completions", body)).writes[0].at
		})
		return at
	}
	if longer := first(strings.Repeat(" word", 8000)) - first(""); longer.Round(time.Microsecond) != 500*time.Millisecond {
		t.Errorf("10,000 tokens more take %v more; want 50 ms a thousand", longer)
	}
}
