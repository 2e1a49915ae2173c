package upstream_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/drill/upstream"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
)

const addr = "127.0.0.1:11434"

// passed is what an upstream at an address made of a request: what its client got and
// what was told. endpoint answers; nil: nobody is there.
type passed struct {
	got    *httptest.ResponseRecorder
	broken bool // the client saw the answer break off
	heard  []upstream.Answer
	failed []string
}

func pass(t *testing.T, base string, endpoint http.HandlerFunc, r *http.Request) (p passed) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := memnet.New()
		if endpoint != nil {
			l, err := network.Listen(addr)
			if err != nil {
				t.Fatal(err)
			}
			server, over := &http.Server{Handler: endpoint}, make(chan error)
			go func() { over <- server.Serve(l) }()
			defer func() { server.Close(); <-over }()
		}
		mock, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai"}, mockllm.Options{Keyless: true})
		if err != nil {
			t.Fatal(err)
		}
		u, err := upstream.New("http://"+addr+base, mock, upstream.Options{
			Dial:   network.Dial,
			Heard:  func(_ *http.Request, a upstream.Answer) { p.heard = append(p.heard, a) },
			Failed: func(err error) { p.failed = append(p.failed, err.Error()) },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer u.Close()
		p.got = httptest.NewRecorder()
		defer func() {
			if recover() != nil {
				p.broken = true
			}
		}()
		// A server's request: the proxy lets answers that break off break only there.
		u.ServeHTTP(p.got, r.WithContext(context.WithValue(t.Context(), http.ServerContextKey, &http.Server{})))
	})
	return p
}

// Base URLs are given with and without the version, as are those of apps.
func TestPaths(t *testing.T) {
	for _, c := range []struct{ base, path, want string }{
		{"", "/v1/models?limit=2", "/v1/models?limit=2"},
		{"/", "/v1/models", "/v1/models"},
		{"/v1", "/v1/models", "/v1/models"},
		{"/v1/", "/v1/models", "/v1/models"},
		{"/v1", "/models", "/v1/models"},
		{"/openai", "/v1/models", "/openai/v1/models"},
		{"/openai/v1", "/v1/models", "/openai/v1/models"},
		{"/openai/v1", "/openai/v1/models", "/openai/v1/models"},
		{"/v1", "/v1/models/a%2Fb", "/v1/models/a%2Fb"},
		{"/v1", "/v1", "/v1/"},
		{"/v10", "/v1/models", "/v10/v1/models"},
	} {
		asked := ""
		p := pass(t, c.base, func(w http.ResponseWriter, r *http.Request) {
			asked = r.RequestURI
			w.Header().Set("Connection", "X-Hop")
			w.Header().Set("X-Hop", "for the next one alone")
			w.Header().Set("X-Model", "llama")
		}, httptest.NewRequest(http.MethodGet, c.path, http.NoBody))
		if asked != c.want {
			t.Errorf("%q and %q make %q, want %q", c.base, c.path, asked, c.want)
		}
		if h := p.got.Header(); h.Get("X-Hop") != "" || h.Get("X-Model") != "llama" {
			t.Errorf("answered with %v", h)
		}
	}
}

func chat() *http.Request {
	body := `{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Where is my order?"}]}`
	r := httptest.NewRequest(http.MethodPost, "/v1/chat/completions", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Encoding", "gzip")
	return r
}

// said is an event with a word.
func said(word string) string {
	return fmt.Sprintf("data: {\"choices\":[{\"delta\":{\"content\":%q}}]}\r\n\r\n", word)
}

const (
	stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
	bill = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":31,\"completion_tokens\":3}}\n\n"
)

// What the answers say is heard, however the writes fall; without a bill a token an
// event is counted.
func TestHeard(t *testing.T) {
	for name, c := range map[string]struct {
		writes  []string
		in, out int
	}{
		"a bill":              {[]string{said("It"), said(" is"), said(" late."), stop, bill}, 31, 3},
		"no bill":             {[]string{said("It"), said(" is") + stop}, 8, 2},
		"events in two parts": {[]string{said("It")[:20], said("It")[20:] + said(" is")[:5], said(" is")[5:] + stop + bill}, 31, 3},
	} {
		p := pass(t, "/v1", func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept-Encoding"); got != "" {
				t.Errorf("%s: asked for an answer in %q, which nobody could read", name, got)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "text/event-stream")
			for _, text := range c.writes {
				_, _ = io.WriteString(w, text)
				_ = http.NewResponseController(w).Flush()
			}
		}, chat())
		if got, want := p.got.Body.String(), strings.Join(c.writes, ""); got != want {
			t.Errorf("%s: passed on %q, want %q", name, got, want)
		}
		if len(p.heard) != 1 || p.heard[0].First.IsZero() {
			t.Fatalf("%s: heard %+v", name, p.heard)
		}
		p.heard[0].First = time.Time{}
		want := upstream.Answer{Served: mockllm.Served{TokensIn: c.in, TokensOut: c.out, Finish: "stop"}}
		if diff := cmp.Diff(want, p.heard[0]); diff != "" || len(p.failed) > 0 {
			t.Errorf("%s: failed %q; heard (-want +got):\n%s", name, p.failed, diff)
		}
	}
}

// An endpoint that does not answer is answered for as the provider's edge would, and one
// that breaks off breaks off.
func TestFailed(t *testing.T) {
	down := pass(t, "/v1", nil, chat())
	if down.got.Code != http.StatusBadGateway || len(down.heard) != 1 || down.heard[0].Refused != "upstream" {
		t.Errorf("down: %d, heard %+v", down.got.Code, down.heard)
	}
	if len(down.failed) != 1 || !strings.HasPrefix(down.failed[0], "http://"+addr+"/v1: ") || !strings.Contains(down.failed[0], "connection refused") {
		t.Errorf("down: failed %q", down.failed)
	}
	half := pass(t, "/v1", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, said("It"))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}, chat())
	if !half.broken || len(half.heard) != 1 || half.heard[0].Refused != "upstream" || half.heard[0].TokensOut != 1 || len(half.failed) != 1 {
		t.Errorf("half: broken %v, heard %+v, failed %q", half.broken, half.heard, half.failed)
	}
}

// A wait is heard in each of its forms.
func TestWait(t *testing.T) {
	midnight := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when a bubble begins
	for _, c := range []struct {
		name, value string
		want        time.Duration
		dated       bool
	}{
		{"Retry-After", "7", 7 * time.Second, false},
		{"Retry-After-Ms", "250", 250 * time.Millisecond, false},
		{"Retry-After", midnight.Add(90 * time.Second).Format(http.TimeFormat), 90 * time.Second, true},
		{"Retry-After", midnight.Add(-time.Hour).Format(http.TimeFormat), 0, true},
		{"Retry-After", "soon", 0, false},
	} {
		p := pass(t, "/v1", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set(c.name, c.value)
			w.WriteHeader(http.StatusTooManyRequests)
		}, chat())
		if len(p.heard) != 1 || p.heard[0].Wait != c.want || p.heard[0].Dated != c.dated {
			t.Errorf("%s: %s: heard %+v, want %v, dated %v", c.name, c.value, p.heard, c.want, c.dated)
		}
	}
}
