package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// A Toxiproxy answers clients of toxiproxy's own HTTP API, such as a team's tests and
// its command line, for the providers of a drill that have a proxy. What they ask for
// is done as an action of the drill's [drill.Control] and stands in the log: toxiproxy
// itself must not be touched while connections are open, for to remove a toxic then
// may block new ones, and to change one is a data race.
//
// So proxies can be looked at, disabled and enabled, and get one toxic at a time, which
// can be removed again or ends with its phase; reset takes back what came by this API
// and leaves the drill's own faults. Proxies are not made or removed, and toxics not
// changed in place; those that toxiproxy draws for (jitter, toxicity) have no seed, and
// are refused as in a scenario.
//
// Its clients know no token, so that it is on loopback alone. Who can reach it can do
// this much, and no more.
type Toxiproxy struct {
	http   *http.Server
	addr   string
	served chan struct{}
	live   atomic.Pointer[drill.Live]

	mu     sync.Mutex
	toxics map[string]toxic // by the key of the fault that each is, all so far
}

// A toxic is one as toxiproxy's API shows it.
type toxic struct {
	Name       string             `json:"name"`
	Type       string             `json:"type"`
	Stream     string             `json:"stream"`
	Toxicity   float64            `json:"toxicity"`
	Attributes map[string]float64 `json:"attributes"`
}

// proxied is a proxy as toxiproxy's API shows it.
type proxied struct {
	Name     string  `json:"name"`
	Listen   string  `json:"listen"`
	Upstream string  `json:"upstream"`
	Enabled  bool    `json:"enabled"`
	Toxics   []toxic `json:"toxics"`
}

// mocked stands for the address behind a proxy, which is nobody's business.
const mocked = "brownout"

// ListenToxiproxy serves toxiproxy's API at a loopback address until Close.
func ListenToxiproxy(addr string) (*Toxiproxy, error) {
	l, err := listen(addr, false)
	if err != nil {
		return nil, fmt.Errorf("toxiproxy API: %w", err)
	}
	t := &Toxiproxy{addr: l.Addr().String(), served: make(chan struct{}), toxics: map[string]toxic{}}
	t.http = patient(t)
	go func() {
		defer close(t.served)
		_ = t.http.Serve(l) // always an error: that it was closed
	}()
	return t, nil
}

// Addr is where clients of toxiproxy connect, "host:port".
func (t *Toxiproxy) Addr() string { return t.addr }

// Watch hands it a drill under way, see [drill.Options].
func (t *Toxiproxy) Watch(ctx context.Context, live *drill.Live) {
	t.live.Store(live)
	<-ctx.Done()
}

// Close ends it as [Server.Close] does.
func (t *Toxiproxy) Close() error {
	leave(t.http)
	<-t.served
	return nil
}

// ServeHTTP answers one request.
func (t *Toxiproxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	answer, err := t.answer(r)
	if err != nil {
		p := problemOf(err)
		write(w, p.Status, "application/json", map[string]any{"error": p.Detail, "status": p.Status})
		return
	}
	if answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	write(w, http.StatusOK, "application/json", answer)
}

func (t *Toxiproxy) answer(r *http.Request) (any, error) {
	// It has no token to tell its callers from a web page, so that pages are kept out
	// as toxiproxy does it, too.
	browser := strings.HasPrefix(r.UserAgent(), "Mozilla/")
	switch {
	case browser || fromPage(r):
		return nil, refusal(http.StatusForbidden, "origin", "web pages are not let in")
	case !localName(r.Host):
		return nil, refusal(http.StatusMisdirectedRequest, "host", "this is called by an address of this machine or localhost, not %q", r.Host)
	}
	if r.Method == http.MethodGet && r.URL.Path == "/version" {
		return map[string]string{"version": "2.12.0"}, nil
	}
	live := t.live.Load()
	if live == nil {
		return nil, refusal(http.StatusServiceUnavailable, "no_drill", "no drill has begun yet")
	}
	c := toxicCall{Toxiproxy: t, live: live, request: r}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch method := r.Method; {
	case len(parts) == 1 && parts[0] == "reset" && method == http.MethodPost:
		return c.reset()
	case parts[0] != "proxies" && parts[0] != "populate" || len(parts) > 4:
		return nil, refusal(http.StatusNotFound, "no_such_path", "nothing is at this path")
	case len(parts) == 1 && method == http.MethodGet:
		return c.all(), nil
	case len(parts) == 1:
		return nil, refusal(http.StatusMethodNotAllowed, "method", "the drill's providers are the proxies; none is made here")
	}
	if c.name = parts[1]; !slices.Contains(live.Proxied(), c.name) {
		return nil, refusal(http.StatusNotFound, "no_proxy", "proxy not found: there are %s", strings.Join(live.Proxied(), ", "))
	}
	return c.proxy(parts[2:])
}

// A toxicCall is one request about a proxy.
type toxicCall struct {
	*Toxiproxy
	live    *drill.Live
	request *http.Request
	name    string
}

// by is who acts, of whom no name is known.
func (toxicCall) by() drill.By { return drill.By{Actor: "toxiproxy API"} }

// proxy answers what is asked below a proxy.
func (c toxicCall) proxy(below []string) (any, error) {
	method := c.request.Method
	change := method == http.MethodPatch || method == http.MethodPost
	switch {
	case len(below) == 0 && method == http.MethodGet:
		return c.shown(c.name), nil
	case len(below) == 0 && change:
		return c.update()
	case len(below) == 0 || below[0] != "toxics":
		return nil, refusal(http.StatusMethodNotAllowed, "method", "proxies come and go with the drill")
	case len(below) == 1 && method == http.MethodGet:
		return c.shown(c.name).Toxics, nil
	case len(below) == 1 && method == http.MethodPost:
		return c.add()
	case len(below) == 2 && change:
		return nil, refusal(http.StatusMethodNotAllowed, "method", "a toxic is not changed while connections are open: remove it and add another")
	case len(below) == 2:
		return c.one(below[1])
	}
	return nil, refusal(http.StatusMethodNotAllowed, "method", "%s is not for %s", method, c.request.URL.Path)
}

// key is that of the fault by which a toxic is played, or a proxy disabled.
func (c toxicCall) key(toxic string) string { return "toxiproxy/" + c.name + "/" + toxic }

// disabled is the name under which a proxy is disabled; no toxic has it.
const disabled = "(disabled)"

// open gives the keys of what is open by this API, all proxies together. The control
// gives a key that comes again a number.
func (c toxicCall) open() (keys []string) {
	for _, w := range c.live.Control().State().Open() {
		if strings.HasPrefix(w.Fault.Key, "toxiproxy/") {
			keys = append(keys, w.Fault.Key)
		}
	}
	return keys
}

// openAs gives the key under which something is open, "" when it is not.
func (c toxicCall) openAs(toxic string) string {
	for _, key := range c.open() {
		if plain, _, _ := strings.Cut(key, "#"); plain == c.key(toxic) {
			return key
		}
	}
	return ""
}

func (c toxicCall) all() map[string]proxied {
	all := map[string]proxied{}
	for _, name := range c.live.Proxied() {
		all[name] = c.shown(name)
	}
	return all
}

// shown is a proxy as it is.
func (c toxicCall) shown(name string) proxied {
	c.name = name
	p := proxied{Name: name, Upstream: mocked, Enabled: c.openAs(disabled) == "", Toxics: []toxic{}}
	for _, e := range c.live.Endpoints() {
		if e.Name == name {
			_, p.Listen, _ = strings.Cut(e.URL, "://")
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range c.open() {
		plain, _, _ := strings.Cut(key, "#")
		if made, ok := c.toxics[plain]; ok && strings.HasPrefix(plain, c.key("")) {
			p.Toxics = append(p.Toxics, made)
		}
	}
	return p
}

// update disables a proxy, or enables it again.
func (c toxicCall) update() (any, error) {
	now := c.shown(c.name)
	wanted := now
	if err := c.read(&wanted); err != nil {
		return nil, err
	}
	if wanted.Listen != now.Listen || wanted.Upstream != now.Upstream {
		return nil, refusal(http.StatusBadRequest, "proxy", "where a proxy listens and leads is the drill's; only enabled can change")
	}
	var err error
	switch {
	case now.Enabled && !wanted.Enabled:
		f := faults.Fault{Kind: "refuse", Key: c.key(disabled), Providers: []string{c.name}, Share: faults.Share{From: 1, To: 1}}
		_, err = c.live.Control().Open(c.by(), scenarios.Opening{Fault: f})
	case !now.Enabled && wanted.Enabled:
		_, err = c.live.Control().Shut(c.by(), c.openAs(disabled))
	}
	return c.shown(c.name), err
}

// add opens a toxic.
func (c toxicCall) add() (any, error) {
	made := toxic{Stream: "downstream", Toxicity: 1}
	if err := c.read(&made); err != nil {
		return nil, err
	}
	if made.Name == "" {
		made.Name = made.Type + "_" + made.Stream
	}
	switch {
	case !regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`).MatchString(made.Name):
		return nil, refusal(http.StatusBadRequest, "name", "a toxic's name is of letters, digits, dots, dashes and underscores")
	case made.Stream != "downstream":
		return nil, refusal(http.StatusBadRequest, "stream", "toxics are on what the provider sends: stream is downstream")
	case made.Toxicity != 1:
		return nil, refusal(http.StatusBadRequest, "toxicity", "toxiproxy draws for a toxicity, and no seed decides how: two runs would not be alike")
	}
	if there := c.shown(c.name).Toxics; len(there) > 0 {
		return nil, refusal(http.StatusConflict, "toxic_there", "a proxy has one toxic at a time, and %q is there", there[0].Name)
	}
	opening, err := c.opening(made)
	if err != nil {
		return nil, err
	}
	// Remembered first: once it is open, it can be seen.
	c.mu.Lock()
	c.toxics[c.key(made.Name)] = made
	c.mu.Unlock()
	_, err = c.live.Control().Open(c.by(), opening)
	return made, err
}

// opening is a toxic as a scenario would have it.
func (c toxicCall) opening(made toxic) (scenarios.Opening, error) {
	words := map[string]any{"provider": c.name, "kind": "toxic", "name": made.Type}
	for name, n := range made.Attributes {
		switch {
		case name == "jitter" && n == 0:
		case name == "latency" || name == "timeout" || name == "delay" && made.Type != "slicer":
			words[name] = milliseconds(n)
		case name == "delay": // which slicer counts in microseconds
			words[name] = milliseconds(n / 1000)
		default:
			words[name] = n
		}
	}
	raw, err := json.Marshal(words)
	if err != nil {
		return scenarios.Opening{}, err
	}
	opening, problems := c.live.Plan().Opening(raw)
	if len(problems) > 0 {
		return scenarios.Opening{}, refusal(http.StatusBadRequest, "toxic", "%s", problems[0].Message)
	}
	opening.Fault.Key = c.key(made.Name)
	return opening, nil
}

// milliseconds is a duration as a scenario has it.
func milliseconds(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) + "ms" }

// one shows a toxic, or removes it.
func (c toxicCall) one(name string) (any, error) {
	key := c.openAs(name)
	if key == "" || name == disabled {
		return nil, refusal(http.StatusNotFound, "no_toxic", "toxic not found")
	}
	switch c.request.Method {
	case http.MethodGet:
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.toxics[c.key(name)], nil
	case http.MethodDelete:
		_, err := c.live.Control().Shut(c.by(), key)
		return nil, err
	}
	return nil, refusal(http.StatusMethodNotAllowed, "method", "%s is not for %s", c.request.Method, c.request.URL.Path)
}

// reset takes back what came by this API.
func (c toxicCall) reset() (any, error) {
	for _, key := range c.open() {
		if _, err := c.live.Control().Shut(c.by(), key); err != nil && !errors.Is(err, drill.ErrUnknown) {
			return nil, err
		}
	}
	return nil, nil
}

func (c toxicCall) read(into any) error {
	raw, err := io.ReadAll(c.request.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return refusal(http.StatusBadRequest, "json", "bad request body: %s", err)
	}
	return nil
}
