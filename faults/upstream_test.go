package faults_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// TestInFrontOfAReverseProxy: the injector breaks the answers of a real endpoint as
// it does a mock's, and hands on what no fault touches.
func TestInFrontOfAReverseProxy(t *testing.T) {
	real := httptest.NewServer(http.HandlerFunc(poem))
	defer real.Close()
	to, err := url.Parse(real.URL)
	if err != nil {
		t.Fatal(err)
	}
	front := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, FlushInterval: -1}
	for _, c := range []struct{ kind, want string }{
		{"", "role word1 word2 word3 word4 word5 word6 stop done"},
		{"truncate", "role word1 word2"},
		{"stream_error", "role word1 word2 server_error on chat"},
		{"cut", "role word1 word2 broken"},
		{"abort", "role word1 word2 broken"},
		{"duplicate", "role word1 word2 word2 word3 word4 word5 word6 stop done"},
		{"no_finish", "role word1 word2 word3 word4 word5 word6 done"},
		{"bad_usage", "role word1 word2 word3 word4 word5 word6 stop for a bill that is missing done"},
		{"split", "role word1 word2 word3 word4 word5 word6 stop done"},
		{"slow", "role word1 word2 word3 word4 word5 word6 stop done"},      // needs a mock
		{"gibberish", "role word1 word2 word3 word4 word5 word6 stop done"}, // needs a mock
	} {
		in := faults.New(front, plain{}, faults.Options{})
		if c.kind != "" {
			w := window("it", c.kind, 1)
			for _, k := range faults.Kinds() {
				if k.Name == c.kind && len(k.Places) > 0 {
					w.Fault.At = faults.At{Place: faults.AtToken, Token: 2}
				}
			}
			in.Play(time.Now(), []faults.Window{w})
		}
		site := httptest.NewServer(in)
		if diff := cmp.Diff(c.want, said(t, site.URL)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.kind, diff)
		}
		site.Close()
	}
}

// said is what a stream says, event by event.
func said(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/chat", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Stream", "yes")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all []string
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			all = append(all, data)
		}
	}
	if lines.Err() != nil {
		all = append(all, "broken")
	}
	return strings.Join(all, " ")
}

// TestWindowsChangeUnderClientsThatLeave: 64 clients leave at random moments while
// the windows change 200 times. Afterwards every answer is as it should be, and
// the bubble shows that nothing is left.
func TestWindowsChangeUnderClientsThatLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		in := faults.New(http.HandlerFunc(poem), plain{}, faults.Options{Slow: withTempo, Content: withDefect})
		s := serve(ctx, in)
		var kinds []faults.Kind
		for _, k := range faults.Kinds() {
			if !elsewhere(k) {
				kinds = append(kinds, k)
			}
		}
		var clients sync.WaitGroup
		over := make(chan struct{})
		for i := range 64 {
			clients.Go(func() {
				luck := rand.New(rand.NewPCG(7, uint64(i)))
				for {
					select {
					case <-over:
						return
					default:
						request := "POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nX-Stream: yes\r\n\r\n{}"
						s.talk(request, time.Duration(1+luck.IntN(100))*time.Millisecond)
					}
				}
			})
		}
		luck := rand.New(rand.NewPCG(7, 64))
		for range 200 {
			w := window("it", kinds[luck.IntN(len(kinds))].Name, luck.Float64())
			w.Fault.Params = faults.Params{"factor": faults.Slow{TTFTFrom: 2, TTFTTo: 2, GapFrom: 2, GapTo: 2}}
			in.Play(time.Now(), []faults.Window{w})
			time.Sleep(time.Duration(luck.IntN(10)) * time.Millisecond)
		}
		close(over)
		clients.Wait()
		in.Play(time.Now(), nil)
		if got := s.talk("POST /chat HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", time.Minute); !strings.Contains(got, "one two three") {
			t.Errorf("afterwards:\n%s", got)
		}
		stop()
		_ = s.server.Close()
	})
}

// TestAnyOtherFaultsLeaveDrawsAlone adds, removes and moves faults at random, of
// all sorts of choosing: whom one would take when it is alone, it takes among
// others unless an earlier one has.
func TestAnyOtherFaultsLeaveDrawsAlone(t *testing.T) {
	luck := rand.New(rand.NewPCG(7, 7))
	var all []faults.Window
	alone := map[string]map[string]string{}
	for i := range 8 {
		w := window(fmt.Sprint("fault", i), "rate_limit", 0.1+0.5*luck.Float64())
		w.Fault.Sticky = []string{"", "", "session", "user"}[i%4]
		w.Fault.First = []int{0, 1}[i/4]
		w.Fault.Draw = []string{"", "shared"}[i%2]
		all, alone[w.Fault.Key] = append(all, w), fates(w)
	}
	for range 20 {
		luck.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		some := all[:1+luck.IntN(len(all))]
		for user, got := range fates(some...) {
			want := ""
			for _, w := range some {
				if want == "" {
					want = alone[w.Fault.Key][user]
				}
			}
			if got != want {
				t.Fatalf("%d faults, %s: hit by %q, want %q", len(some), user, got, want)
			}
		}
	}
}
