package liveview_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/drill/liveview"
	"github.com/seed-76a9de92/brownout/scenarios/internal/memnet"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

const scenario = `
version: 1
name: shown
providers: {primary: {dialect: openai}}
traffic: {journeys: {chat: {rate: 10/s, request: {path: "/?q={{nonce}}"}}}}
phases:
  - {name: baseline, for: 10s}
  - {name: surge, for: 40s, faults: [{provider: primary, kind: server_error}]}
  - {name: recovery, for: 10s}
`

// written is a log that is read while it grows.
type written struct {
	mu  sync.Mutex
	raw bytes.Buffer
}

func (w *written) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.raw.Write(b)
}

func (w *written) judged() (*scorecard.Card, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	card, err := scorecard.Judge(record.Read(bytes.NewReader(bytes.Clone(w.raw.Bytes()))))
	if err == nil {
		card.Events = append(card.Events, account.Event{AtS: 1, Text: "</svg><script>evil()"})
	}
	return card, err
}

// A house is a view and a control of a drill in a bubble, and who looks at it.
type house struct {
	*testing.T
	view    *liveview.View
	control *control.Server
	network *memnet.Net
	client  *http.Client
	begun   time.Time
}

// shown plays the scenario of a minute in a bubble; look goes on beside it, and after
// it when it takes longer.
func shown(t *testing.T, blind bool, look func(*house)) {
	t.Helper()
	plan, problems := scenarios.Load("x.yaml", scenarios.Options{
		FS: fstest.MapFS{"x.yaml": {Data: []byte(scenario)}}, HaveApp: true, AnyPorts: true,
	})
	if plan == nil {
		t.Fatal(problems)
	}
	synctest.Test(t, func(t *testing.T) {
		var log written
		h := &house{T: t, network: memnet.New()}
		h.listen(liveview.Options{Card: log.judged, Blind: blind})
		transport := &http.Transport{DialContext: h.network.Dial}
		h.client = &http.Client{Transport: transport}
		var looking sync.WaitGroup
		err := drill.Run(t.Context(), plan, drill.Options{
			Log: &log, App: drill.Handler("relay", relay),
			Net: drill.Net{Listen: h.network.Listen, Dial: h.network.Dial},
			Watch: func(ctx context.Context, live *drill.Live) {
				h.begun = time.Now()
				go h.control.Watch(ctx, live)
				looking.Go(func() { look(h) })
				h.view.Watch(ctx, live)
			},
		})
		if err != nil {
			t.Error(err)
		}
		synctest.Wait()
		h.view.End([]byte("<p>the card"))
		h.view.Close()
		looking.Wait()
		transport.CloseIdleConnections()
		if err := h.control.Close(); err != nil {
			t.Error(err)
		}
	})
}

func (h *house) listen(opts liveview.Options) {
	h.Helper()
	var err error
	if h.control, err = control.New(control.Options{}); err != nil {
		h.Fatal(err)
	}
	opts.Control = h.control
	if h.view, err = liveview.New(opts); err != nil {
		h.Fatal(err)
	}
	for _, serve := range []func(net.Listener){h.control.Serve, h.view.Serve} {
		l, err := h.network.Listen("127.0.0.1:0")
		if err != nil {
			h.Fatal(err)
		}
		serve(l)
	}
}

// relay asks the primary what it is asked, at once, and hands its status on.
func relay(place drill.Place) (http.Handler, func(), error) {
	transport := &http.Transport{DialContext: place.Net.Dial}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := `{"model":"gpt-4o","messages":[{"role":"user","content":"` + r.URL.Query().Get("q") + `"}]}`
		req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, place.Fill("{{primary.base_url}}")+"/chat/completions", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", "Bearer "+place.Fill("{{primary.key}}"))
		resp, err := transport.RoundTrip(req)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
	}), transport.CloseIdleConnections, nil
}

// call asks for a path with the token of one of the view's URLs.
func (h *house) call(method, page, path string) *http.Response {
	h.Helper()
	base, token, _ := strings.Cut(page, "/#")
	req, err := http.NewRequestWithContext(h.Context(), method, base+path, http.NoBody)
	if err != nil {
		h.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := h.client.Do(req)
	if err != nil {
		h.Fatal(err)
	}
	return resp
}

// An event is what a page was sent, and when.
type event struct {
	name, html string
	at         time.Duration
}

// events reads what a page is sent until the page has had enough.
func (h *house) events(page string, enough func(event) bool) []event {
	h.Helper()
	resp := h.call(http.MethodGet, page, "/events")
	defer resp.Body.Close()
	var all []event
	var e event
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		switch key {
		case "event":
			e.name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e.html); err != nil {
				h.Error(err)
			}
			e.at = time.Since(h.begun)
			if all = append(all, e); enough(e) {
				return all
			}
		}
	}
	return all
}

func never(event) bool { return false }

// Whoever looks from beginning to end gets the counters once a second and the timeline
// every two, to the second, while another never reads what it is sent; and then the
// card.
func TestASlowBrowserHoldsUpNobody(t *testing.T) {
	shown(t, false, func(h *house) {
		host, token, _ := strings.Cut(strings.TrimPrefix(h.view.URL(), "http://"), "/#")
		var stuck []net.Conn
		for range 3 {
			conn, err := h.network.Dial(h.Context(), "tcp", host)
			if err != nil {
				h.Fatal(err)
			}
			defer conn.Close()
			stuck = append(stuck, conn)
			if _, err := io.WriteString(conn, "GET /events HTTP/1.1\r\nHost: "+host+"\r\nAuthorization: Bearer "+token+"\r\n\r\n"); err != nil {
				h.Fatal(err)
			}
		}
		seen, sent := map[string][]time.Duration{}, 0
		for _, e := range h.events(h.view.URL(), never) {
			sent += len(e.html)
			seen[e.name] = append(seen[e.name], e.at)
		}
		if len(seen["counters"]) < 60 {
			t.Fatalf("%d times counters in a minute", len(seen["counters"]))
		}
		for i, at := range seen["counters"][:60] {
			if want := time.Duration(i) * time.Second; at != want {
				t.Errorf("counters %d at %v, want %v", i, at, want)
			}
		}
		if n := len(seen["timeline"]); n < 29 || n > 31 {
			t.Errorf("%d timelines in a minute", n)
		}
		if len(seen["card"]) != 1 || len(seen["none"]) != 0 {
			t.Errorf("at the end: %v", seen)
		}
		resp := h.call(http.MethodGet, h.view.URL(), "/card.html")
		defer resp.Body.Close()
		if card, _ := io.ReadAll(resp.Body); string(card) != "<p>the card" {
			t.Errorf("the card is %q", card)
		}
		for _, conn := range stuck { // what fits into its buffers, and then it was cut off
			if got, _ := io.ReadAll(conn); len(got) == 0 || len(got) >= sent {
				t.Errorf("who never read was sent %d of %d bytes", len(got), sent)
			}
		}
	})
}

// A page that comes back gets what is to be seen then, and nothing of before.
func TestAPageComesBack(t *testing.T) {
	shown(t, false, func(h *house) {
		for i, clock := range []string{"0:05</b>", "0:25</b>"} {
			at := []time.Duration{5500 * time.Millisecond, 25500 * time.Millisecond}[i]
			time.Sleep(time.Until(h.begun.Add(at)))
			seen := h.events(h.view.URL(), func(e event) bool { return e.name == "timeline" })
			if first := seen[1]; first.name != "counters" || first.at != at || !strings.Contains(first.html, clock) {
				t.Errorf("after %v a page gets %+v first", at, first)
			}
		}
	})
}

// Names and what an app said are text, wherever they come from.
func TestWhatOthersSaidIsEscaped(t *testing.T) {
	shown(t, false, func(h *house) {
		time.Sleep(2500 * time.Millisecond)
		seen := h.events(h.view.URL(), func(e event) bool { return e.name == "timeline" })
		for _, e := range seen {
			if strings.Contains(e.html, "<script") {
				t.Errorf("%s holds a script: %s", e.name, e.html)
			}
		}
		if last := seen[len(seen)-1].html; !strings.Contains(last, "&lt;script&gt;evil()") || !strings.Contains(last, "primary: server_error") {
			t.Errorf("the timeline does not tell all: %s", last)
		}
	})
}

// In a blind drill a page tells neither phases nor faults.
func TestABlindPage(t *testing.T) {
	shown(t, true, func(h *house) {
		time.Sleep(15500 * time.Millisecond)
		seen := h.events(h.view.LeaderURL(), func(e event) bool { return e.name == "timeline" })
		for _, e := range seen {
			for _, secret := range []string{"surge", "recovery", "server_error", "evil", "faulted"} {
				if strings.Contains(e.html, secret) {
					t.Errorf("%s tells of %s: %s", e.name, secret, e.html)
				}
			}
		}
		if last := seen[len(seen)-1].html; !strings.Contains(last, ">outcomes<") {
			t.Errorf("no outcomes are drawn: %s", last)
		}
	})
}

// The control's token brings buttons, and they do something; that of the page does not.
func TestWhoLeads(t *testing.T) {
	shown(t, false, func(h *house) {
		time.Sleep(5 * time.Second)
		hello := func(e event) bool { return e.name == "hello" }
		if got := h.events(h.view.URL(), hello)[0].html; got != "" {
			t.Errorf("a viewer gets %s", got)
		}
		if got := h.events(h.view.LeaderURL(), hello)[0].html; !strings.Contains(got, `data-post="/v1/phases/next"`) {
			t.Errorf("the leader gets %s", got)
		}
		base, _, _ := strings.Cut(h.view.URL(), "/#")
		for _, c := range []struct {
			method, page, path string
			want               int
		}{
			{"GET", base + "/#wrong", "/events", 401},
			{"GET", base, "/card.html", 401},
			{"GET", h.view.URL(), "/card.html", 404},
			{"GET", h.view.URL(), "/other", 404},
			{"POST", h.view.URL(), "/events", 405},
			{"GET", base, "/", 200},
			{"GET", base, "/page.js", 200},
			{"POST", h.view.URL(), "/v1/phases/next", 401},
			{"POST", h.view.LeaderURL(), "/v1/phases/next", 200},
		} {
			resp := h.call(c.method, c.page, c.path)
			resp.Body.Close()
			if resp.StatusCode != c.want {
				t.Errorf("%s %s: %d, want %d", c.method, c.path, resp.StatusCode, c.want)
			}
		}
		time.Sleep(1500 * time.Millisecond)
		seen := h.events(h.view.URL(), func(e event) bool { return e.name == "counters" })
		if !strings.Contains(seen[len(seen)-1].html, "phase 2 of 3: <b>surge</b>") {
			t.Errorf("after the next: %v", seen)
		}
	})
}

// Web pages of other origins and names that a name server gave are not let in, whatever
// they know.
func TestOtherPages(t *testing.T) {
	view, err := liveview.New(liveview.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	view.Serve(l)
	defer view.Close()
	base, token, _ := strings.Cut(view.URL(), "/#")
	for _, c := range []struct {
		header, value string
		want          int
	}{
		{"Host", "evil.example", 421},
		{"Origin", "http://evil.example", 403},
		{"Sec-Fetch-Site", "same-site", 403},
		{"Sec-Fetch-Site", "same-origin", 404},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/card.html", http.NoBody)
		req.Header.Set("Authorization", "Bearer "+token)
		if req.Header.Set(c.header, c.value); c.header == "Host" {
			req.Host = c.value
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: %s: %d, want %d", c.header, c.value, resp.StatusCode, c.want)
		}
		if policy := resp.Header.Get("Content-Security-Policy"); !slices.Contains(strings.Split(policy, "; "), "default-src 'none'") {
			t.Errorf("the policy is %q", policy)
		}
	}
	if _, err := liveview.Listen("0.0.0.0:0", liveview.Options{}); err == nil || !strings.Contains(err.Error(), "not loopback") {
		t.Errorf("listening everywhere: %v", err)
	}
}
