package faults_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// window is open for the first hour.
func window(key, kind string, share float64) faults.Window {
	f := &faults.Fault{Key: key, Kind: kind, Providers: []string{"primary"}, Share: faults.Share{From: share, To: share}}
	return faults.Window{Fault: f, Provider: "primary", To: time.Hour}
}

// injector plays windows from now on in front of a handler that says yes. The
// keys of the faults that hit are added to the list.
func injector(seed uint64, windows ...faults.Window) (*faults.Injector, *[]string) {
	var hits []string
	in := faults.New(http.HandlerFunc(yes), plain{}, faults.Options{
		Seed: seed,
		Hit:  func(_ *http.Request, h faults.Hit) { hits = append(hits, h.Key) },
	})
	in.Play(time.Now(), windows)
	return in, &hits
}

func yes(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("yes")) }

// get makes one request, with headers as names and values, and gives the status.
func get(h http.Handler, endpoint string, header ...string) int {
	r := httptest.NewRequest(http.MethodGet, "/"+endpoint, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// fates gives the fault of each of 500 users at their first two attempts.
func fates(windows ...faults.Window) map[string]string {
	in, hits := injector(7, windows...)
	got := map[string]string{}
	for attempt := range 2 {
		for i := range 500 {
			before := len(*hits)
			get(in, "chat", "X-Nonce", nonce(i))
			got[fmt.Sprint(nonce(i), "#", attempt+1)] = strings.Join((*hits)[before:], " ")
		}
	}
	return got
}

func TestSameFateInEveryRun(t *testing.T) {
	windows := []faults.Window{window("a", "rate_limit", 0.4), window("b", "server_error", 0.3)}
	want := fates(windows...)

	// In any order, many at a time, and not the first performance of the injector.
	var mu sync.Mutex
	got := map[string]string{}
	in := faults.New(http.HandlerFunc(yes), plain{}, faults.Options{Seed: 7, Hit: func(r *http.Request, h faults.Hit) {
		mu.Lock()
		defer mu.Unlock()
		got[r.Header.Get("X-Nonce")+"#"+r.Header.Get("X-Attempt")] = h.Key
	}})
	in.Play(time.Now(), windows)
	get(in, "chat", "X-Nonce", nonce(3))
	clear(got)
	in.Play(time.Now(), windows)
	var users sync.WaitGroup
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(500) {
		users.Go(func() {
			for _, attempt := range []string{"1", "2"} {
				get(in, "chat", "X-Nonce", nonce(i), "X-Attempt", attempt)
			}
		})
	}
	users.Wait()
	maps.DeleteFunc(want, func(_, fault string) bool { return fault == "" })
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fates (-first run +second run):\n%s", diff)
	}
}

// TestOtherFaultsLeaveDrawsAlone: whoever fault b hits when it is alone, it hits
// also among others, unless an earlier one took the request.
func TestOtherFaultsLeaveDrawsAlone(t *testing.T) {
	a, b, c := window("a", "rate_limit", 0.3), window("b", "server_error", 0.3), window("c", "overloaded", 0.3)
	alone := map[string]map[string]string{"a": fates(a), "b": fates(b), "c": fates(c)}
	for _, windows := range [][]faults.Window{{a, b}, {b, a}, {a, b, c}, {c, b, a}, {b, c, a}} {
		for user, got := range fates(windows...) {
			want := ""
			for _, w := range windows {
				if want == "" {
					want = alone[w.Fault.Key][user]
				}
			}
			if got != want {
				t.Fatalf("%d faults, %s: hit by %q, want %q", len(windows), user, got, want)
			}
		}
	}
}

// TestAnonymousDrawsAreAlone is the same for requests without a nonce, whose
// draws go by how many the fault has matched.
func TestAnonymousDrawsAreAlone(t *testing.T) {
	play := func(windows ...faults.Window) []string {
		in, hits := injector(7, windows...)
		var got []string
		for range 500 {
			before := len(*hits)
			get(in, "chat")
			got = append(got, strings.Join((*hits)[before:], " "))
		}
		return got
	}
	a, b := window("a", "rate_limit", 0.5), window("b", "server_error", 0.5)
	first, second, both := play(a), play(b), play(a, b)
	for i := range both {
		want := first[i]
		if want == "" {
			want = second[i]
		}
		if both[i] != want {
			t.Fatalf("request %d: hit by %q, want %q", i, both[i], want)
		}
	}
}

func TestShareIsOfWhatNoEarlierFaultTook(t *testing.T) {
	in, hits := injector(1, window("a", "rate_limit", 0.5), window("b", "server_error", 0.5), window("c", "overloaded", 1))
	for i := range 2000 {
		get(in, "chat", "X-Nonce", nonce(i))
	}
	count := map[string]int{}
	for _, key := range *hits {
		count[key]++
	}
	// Half, half of the rest, and what remains.
	for key, p := range map[string]float64{"a": 0.5, "b": 0.25, "c": 0.25} {
		if low, high := binomial(2000, p, 0.001); count[key] < low || count[key] > high {
			t.Errorf("fault %s took %d, want %d to %d", key, count[key], low, high)
		}
	}
}

func TestMatch(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name     string
		kind     string
		match    faults.Match
		endpoint string
		header   []string
		want     bool
	}{
		{"all", "server_error", faults.Match{}, "chat", nil, true},
		{"an endpoint that the dialect does not know", "server_error", faults.Match{}, "unknown", nil, true},
		{"the listing is left alone", "server_error", faults.Match{}, "models", nil, false},
		{"unless it is named", "server_error", faults.Match{Endpoint: "models"}, "models", nil, true},
		{"endpoint", "server_error", faults.Match{Endpoint: "chat"}, "messages", nil, false},
		{"model", "server_error", faults.Match{Model: "m"}, "chat", []string{"X-Model", "m"}, true},
		{"other model", "server_error", faults.Match{Model: "m"}, "chat", []string{"X-Model", "m-2"}, false},
		{"streams", "server_error", faults.Match{Stream: &yes}, "chat", []string{"X-Stream", "1"}, true},
		{"streams alone", "server_error", faults.Match{Stream: &yes}, "chat", nil, false},
		{"no streams", "server_error", faults.Match{Stream: &no}, "chat", []string{"X-Stream", "1"}, false},
		{"all parts", "server_error", faults.Match{Model: "m", Stream: &yes}, "chat", []string{"X-Model", "m"}, false},
		{"a fault of streams", "stream_error", faults.Match{}, "chat", nil, false},
		{"documents truncate too", "truncate", faults.Match{}, "chat", nil, true},
		{"embeddings have no text", "truncate", faults.Match{}, "embeddings", nil, false},
	} {
		w := window("f", c.kind, 1)
		w.Fault.Match = c.match
		in, hits := injector(1, w)
		get(in, c.endpoint, c.header...)
		if got := len(*hits) == 1; got != c.want {
			t.Errorf("%s: hit %v, want %v", c.name, got, c.want)
		}
	}
}

// TestPassing: a request without a fault reaches the next handler as it is.
func TestPassing(t *testing.T) {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/chat", nil)
	var seen bool
	in := faults.New(http.HandlerFunc(func(nw http.ResponseWriter, nr *http.Request) {
		seen = true
		if nw != w || nr != r {
			t.Error("the next handler got another writer or request")
		}
	}), plain{}, faults.Options{Hit: func(_ *http.Request, h faults.Hit) { t.Errorf("hit by %s", h.Key) }})

	for name, windows := range map[string][]faults.Window{
		"healthy":         nil,
		"unlucky nowhere": {window("f", "stall", 0)},
		"transport":       {window("f", "refuse", 1)},
		"tls":             {window("f", "cert_expired", 1)},
		"not open yet":    {{Fault: window("f", "hang", 1).Fault, From: time.Hour, To: 2 * time.Hour}},
		// Without Options.Slow nobody could carry it out.
		"slow": {window("f", "slow", 1)},
	} {
		seen = false
		in.Play(time.Now(), windows)
		if in.ServeHTTP(w, r); !seen {
			t.Errorf("%s: the request did not pass", name)
		}
	}
	seen = false
	if faults.New(http.HandlerFunc(yes), plain{}, faults.Options{}).ServeHTTP(w, r); w.Body.String() != "yes" {
		t.Error("before Play the request did not pass")
	}
}

// TestWindow: a fault is open from its first instant to just before its last,
// and a request keeps the fault it drew.
func TestWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := window("f", "gateway_timeout", 1)
		w.From, w.To = 10*time.Second, 20*time.Second
		in := faults.New(http.HandlerFunc(yes), plain{}, faults.Options{})
		in.Play(time.Now(), []faults.Window{w})
		got := make(chan string, 3)
		ask := func() {
			sent := time.Now()
			got <- fmt.Sprint(get(in, "chat"), " after ", time.Since(sent))
		}
		time.Sleep(10*time.Second - time.Nanosecond)
		ask()
		time.Sleep(time.Nanosecond)
		go ask()
		time.Sleep(10 * time.Second) // the window closes, and then all faults heal
		ask()
		in.Play(time.Now(), nil)
		for _, want := range []string{"200 after 0s", "200 after 0s", "504 after 30s"} {
			if got := <-got; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})
}

// TestForgottenNonce: when 65,536 others came first, a nonce counts from 1 again.
func TestForgottenNonce(t *testing.T) {
	const seed, remembered = 1, 1 << 16
	// A user who is hit at the first attempt and not at the second.
	w, user := window("f", "server_error", 0.5), ""
	for i := 0; user == ""; i++ {
		if n := fmt.Sprint("user", i); w.Draw(seed, n, 1) < 0.5 && w.Draw(seed, n, 2) >= 0.5 {
			user = n
		}
	}
	for others, want := range map[int]int{remembered - 1: http.StatusOK, remembered: http.StatusInternalServerError} {
		in, _ := injector(seed, w)
		if got := get(in, "chat", "X-Nonce", user); got != http.StatusInternalServerError {
			t.Fatalf("the first attempt got %d", got)
		}
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/chat", nil)
		for i := range others {
			r.Header.Set("X-Nonce", nonce(i))
			in.ServeHTTP(w, r)
		}
		if got := get(in, "chat", "X-Nonce", user); got != want {
			t.Errorf("after %d others the user got %d, want %d", others, got, want)
		}
	}
}

// TestServerStops: a silence that the server ends is no answer.
func TestServerStops(t *testing.T) {
	for _, kind := range []string{"hang", "stall", "gateway_timeout"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			in := faults.New(http.HandlerFunc(poem), plain{}, faults.Options{})
			in.Play(time.Now(), []faults.Window{window("f", kind, 1)})
			s := serve(ctx, in)
			time.AfterFunc(time.Second, stop)
			got := s.talk("GET /chat HTTP/1.1\r\nHost: x\r\nX-Stream: yes\r\n\r\n", time.Minute)
			if !strings.HasSuffix(got, "1s     the connection is closed\n") {
				t.Errorf("%s:\n%s", kind, got)
			}
			_ = s.server.Close()
		})
	}
}

// TestNothingToBreak: a stream fault leaves alone what is no good answer, what is
// no stream when it is about streams, and what nobody reads any more.
func TestNothingToBreak(t *testing.T) {
	here, cancel := context.WithCancel(t.Context())
	gone, leave := context.WithCancel(t.Context())
	defer cancel()
	leave()
	for _, c := range []struct {
		kind string
		ctx  context.Context
		next http.HandlerFunc
		want string
	}{
		{"truncate", here, http.NotFound, "404 page not found\n"},
		{"stream_error", here, yes, "yes"},
		{"truncate", here, func(http.ResponseWriter, *http.Request) {}, ""},
		{"truncate", here, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, ""},
		{"stall", gone, yes, "y"},
		// An orderly end where the answer ends anyway takes nothing away.
		{"truncate", here, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			_, _ = w.Write([]byte("data: word1\n\n"))
		}, "data: word1\n\n"},
	} {
		var hits []string
		in := faults.New(c.next, plain{}, faults.Options{Hit: func(_ *http.Request, h faults.Hit) { hits = append(hits, h.Key) }})
		in.Play(time.Now(), []faults.Window{window("f", c.kind, 1)})
		w, r := httptest.NewRecorder(), httptest.NewRequestWithContext(c.ctx, http.MethodGet, "/chat", nil)
		r.Header.Set("X-Stream", "yes")
		in.ServeHTTP(w, r)
		if w.Body.String() != c.want || hits != nil {
			t.Errorf("%s: got %q with hits %q, want %q and none", c.kind, w.Body, hits, c.want)
		}
	}
}

func TestUnknownKindPanics(t *testing.T) {
	defer func() {
		if got := recover(); got != `faults: unknown kind "brownuot"` {
			t.Errorf("recovered %v", got)
		}
	}()
	injector(1, window("f", "brownuot", 1))
}

// BenchmarkPassing is the price of an injector with open windows for a request
// that draws no fault.
func BenchmarkPassing(b *testing.B) {
	in, _ := injector(1, window("f", "stall", 0), window("g", "rate_limit", 0), window("h", "server_error", 0))
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/chat", nil)
	r.Header.Set("X-Nonce", "lofimake")
	b.ReportAllocs()
	for b.Loop() {
		w.Body.Reset()
		in.ServeHTTP(w, r)
	}
}
