package bot_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

// A rig is a bot between one user and two fake providers, on an in-memory
// network, to be used in a bubble.
type rig struct {
	openai, anthropic *fake
	bot               *bot.Bot
	log               *syncBuffer
}

// newRig builds a rig whose providers are healthy.
func newRig(t *testing.T, style string, change ...func(*bot.Config)) *rig {
	t.Helper()
	r := &rig{
		openai:    newFake("openai"),
		anthropic: newFake("anthropic"),
		log:       &syncBuffer{},
	}
	cfg := bot.Config{
		Style:        style,
		OpenAIURL:    "http://openai.test/v1",
		OpenAIKey:    "sk-openai",
		AnthropicURL: "http://anthropic.test",
		AnthropicKey: "sk-anthropic",
		Seed:         7,
		Log:          slog.New(slog.NewTextHandler(r.log, nil)),
		Dial: func(ctx context.Context, _, addr string) (net.Conn, error) {
			if strings.HasPrefix(addr, "openai.") {
				return r.openai.dial(ctx)
			}
			return r.anthropic.dial(ctx)
		},
	}
	for _, f := range change {
		f(&cfg)
	}
	var err error
	if r.bot, err = bot.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.bot.Close()
		for _, f := range []*fake{r.openai, r.anthropic} {
			if err := f.server.Shutdown(context.Background()); err != nil {
				t.Error(err)
			}
		}
	})
	return r
}

// An answer is what the user of a rig got.
type answer struct {
	status int
	body   string
	took   time.Duration
}

func (r *rig) post(path, body string) answer {
	return r.postWith(context.Background(), path, body)
}

func (r *rig) postWith(ctx context.Context, path, body string) answer {
	w := httptest.NewRecorder()
	began := time.Now()
	r.bot.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(body)))
	return answer{w.Code, w.Body.String(), time.Since(began)}
}

// The requests that the tests send.
func (r *rig) chat() answer    { return r.post("/chat", `{"message":"hello"}`) }
func (r *rig) api() answer     { return r.post("/api", `{"message":"hello"}`) }
func (r *rig) content() answer { return r.post("/content", `{"topic":"hello"}`) }

// What users get from a healthy provider, and from none.
const (
	chatOpenAI    = "data: {\"delta\":\"one \"}\n\ndata: {\"delta\":\"two\"}\n\ndata: {\"done\":true}\n\n"
	chatAnthropic = "data: {\"delta\":\"eins \"}\n\ndata: {\"delta\":\"zwei\"}\n\ndata: {\"done\":true}\n\n"
	chatReset     = "event: reset\ndata: {}\n\n"
	chatFirst     = "data: {\"delta\":\"one \"}\n\n"
	apiOpenAI     = "{\"reply\":\"one two\"}\n"
	apiAnthropic  = "{\"reply\":\"eins zwei\"}\n"
)

// A fake is a provider that does as it is told.
type fake struct {
	vendor string
	server *http.Server
	conns  chan net.Conn

	mu     sync.Mutex
	act    http.HandlerFunc // what it does with a request
	embed  http.HandlerFunc // and with one for embeddings
	calls  []time.Time      // when requests arrived
	bodies []string
	header []http.Header
	refuse bool // no connection comes about
	hole   bool // a connection never comes about
}

func newFake(vendor string) *fake {
	f := &fake{vendor: vendor, conns: make(chan net.Conn)}
	f.act, f.embed = f.healthy, embeds
	f.server = &http.Server{Handler: f}
	go f.server.Serve(pipeListener{f.conns, make(chan struct{})})
	return f
}

// do changes what the fake does from now on.
func (f *fake) do(act http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.act = act
}

// embeds changes what it does from now on with requests for embeddings.
func (f *fake) embeds(embed http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.embed = embed
}

// then does each act once, in order, and after that is healthy.
func (f *fake) then(acts ...http.HandlerFunc) {
	f.do(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		act := f.healthy
		if len(acts) > 0 {
			act, acts = acts[0], acts[1:]
		}
		f.mu.Unlock()
		act(w, r)
	})
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.calls)
}

// gaps are the times between calls.
func (f *fake) gaps() []time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	var gaps []time.Duration
	for n := range f.calls[1:] {
		gaps = append(gaps, f.calls[n+1].Sub(f.calls[n]))
	}
	return gaps
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	body.ReadFrom(r.Body)
	if f.vendor == "openai" && r.URL.Path == "/v1/embeddings" {
		f.mu.Lock()
		embed := f.embed
		f.mu.Unlock()
		embed(w, r)
		return
	}
	f.mu.Lock()
	f.calls = append(f.calls, time.Now())
	f.bodies = append(f.bodies, body.String())
	f.header = append(f.header, r.Header)
	act := f.act
	f.mu.Unlock()
	if want := map[string]string{"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}[f.vendor]; r.URL.Path != want {
		http.Error(w, "no such path "+r.URL.Path, http.StatusNotFound)
		return
	}
	var asked struct{ Stream bool }
	json.Unmarshal(body.Bytes(), &asked)
	if asked.Stream {
		w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	}
	act(w, r)
}

// events are a healthy stream of the vendor, as WIRE has it: a role or start
// first, two pieces of text, the finish, the terminator.
func (f *fake) events() []string {
	if f.vendor == "openai" {
		return []string{
			`data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
			`data: {"choices":[{"index":0,"delta":{"content":"one "},"finish_reason":null}]}`,
			`data: {"choices":[{"index":0,"delta":{"content":"two"},"finish_reason":null}]}`,
			`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`,
			`data: [DONE]`,
		}
	}
	return []string{
		"event: message_start\n" + `data: {"type":"message_start","message":{"content":[]}}`,
		"event: ping\n" + `data: {"type": "ping"}`,
		"event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"eins "}}`,
		"event: content_block_delta\n" + `data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"zwei"}   }`,
		"event: content_block_stop\n" + `data: {"type":"content_block_stop","index":0}`,
		"event: message_delta\n" + `data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}`,
		"event: message_stop\n" + `data: {"type":"message_stop"}`,
	}
}

func (f *fake) healthy(w http.ResponseWriter, _ *http.Request) {
	if w.Header().Get("Content-Type") != "" {
		send(w, f.events()...)
		return
	}
	if f.vendor == "openai" {
		fmt.Fprint(w, `{"choices":[{"message":{"role":"assistant","content":"one two"},"finish_reason":"stop"}]}`)
		return
	}
	fmt.Fprint(w, `{"content":[{"type":"text","text":"eins "},{"type":"text","text":"zwei"}],"stop_reason":"end_turn"}`)
}

// embeds finds a question and the third of four pages alike.
func embeds(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprint(w, `{"data":[{"embedding":[1,0]},{"embedding":[0,1]},{"embedding":[0.6,0.8]},{"embedding":[1,0]},{"embedding":[-1,0]}]}`)
}

// after answers like a healthy provider, but later.
func (f *fake) after(d time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(d)
		f.healthy(w, r)
	}
}

// begun sends the healthy stream up to and with its first piece of text.
func (f *fake) begun(w http.ResponseWriter) {
	all := f.events()
	n := slices.IndexFunc(all, func(e string) bool { return strings.Contains(e, "one") || strings.Contains(e, "eins") })
	send(w, all[:n+1]...)
}

func send(w http.ResponseWriter, events ...string) {
	for _, e := range events {
		fmt.Fprint(w, e, "\n\n")
		http.NewResponseController(w).Flush()
	}
}

// fails answers with a status, headers given as pairs, and a body.
func fails(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for n := 0; n < len(header); n += 2 {
			w.Header().Set(header[n], header[n+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// hangs never answers.
func hangs(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func (f *fake) dial(ctx context.Context) (net.Conn, error) {
	f.mu.Lock()
	refuse, hole := f.refuse, f.hole
	f.mu.Unlock()
	if refuse {
		return nil, errors.New("connection refused")
	}
	if hole {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ours, theirs := net.Pipe()
	select {
	case f.conns <- theirs:
		return ours, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// A pipeListener accepts what is sent to its channel.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l pipeListener) Close() error {
	close(l.closed)
	return nil
}

func (l pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// lines are those of the log that hold all of the given texts.
func (b *syncBuffer) lines(texts ...string) []string {
	var found []string
	for line := range strings.Lines(b.String()) {
		if !slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(line, s) }) {
			found = append(found, line)
		}
	}
	return found
}
