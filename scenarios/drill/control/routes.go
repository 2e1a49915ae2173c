package control

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Route is one thing that can be asked. The table of them feeds the server and its
// OpenAPI document.
type Route struct {
	Method string // GET or POST
	Path   string // as it stands, without parameters
	Name   string // operationId
	Doc    string // one sentence or two
	Always bool   // it needs no drill under way
	Acts   bool   // it changes the state, and heeds If-Match
	// Kinds are the media types of a body, and Most its length in bytes; none and 0:
	// JSON of 64 KiB.
	Kinds []string
	Most  int64
	Query []Parameter
	// Body and Answer are zero values of what is read and answered, from whose types
	// and doc tags schemas are made; nil: there is none, or anything.
	Body, Answer any
	// Do answers with what is written as JSON. An error is answered as a problem; one
	// that is a [*Problem] says which.
	Do func(*Call) (any, error)
}

// A Parameter stands in the query.
type Parameter struct {
	Name, Doc string
	Schema    map[string]any
}

// ownRoutes is the table.
func (s *Server) ownRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{
			Method: get, Path: "/v1/openapi.json", Name: "openapi", Always: true,
			Doc: "This document.",
			Do:  func(*Call) (any, error) { return s.OpenAPI(), nil },
		},
		{
			Method: get, Path: "/v1/state", Name: "state", Answer: State{},
			Doc: "Where the drill is: its phase, what goes wrong, what is to come.",
			Do:  func(c *Call) (any, error) { return stateOf(c.Live), nil },
		},
		{
			Method: get, Path: "/v1/phases", Name: "phases", Answer: Phases{},
			Doc: "The phases, played and to come, and those that can be jumped to.",
			Do:  phases,
		},
		{
			Method: post, Path: "/v1/phases/next", Name: "next", Acts: true, Answer: State{},
			Doc: "Ends the phase, and with the last one the drill.",
			Do:  func(c *Call) (any, error) { return c.act((*drill.Control).Next) },
		},
		{
			Method: post, Path: "/v1/phases/hold", Name: "hold", Acts: true, Answer: State{},
			Doc: "Lets the phase stand still: faults stay open as they are, and what is to come waits.",
			Do:  func(c *Call) (any, error) { return c.act((*drill.Control).Hold) },
		},
		{
			Method: post, Path: "/v1/phases/release", Name: "release", Acts: true, Answer: State{},
			Doc: "Lets a phase that is held go on where it was.",
			Do:  func(c *Call) (any, error) { return c.act((*drill.Control).Release) },
		},
		{
			Method: post, Path: "/v1/phases/jump", Name: "jump", Acts: true, Body: Jump{}, Answer: State{},
			Doc: "Ends the phase and begins another of the scenario, from which on it goes as planned.",
			Do:  jump,
		},
		{
			Method: post, Path: "/v1/phases/extend", Name: "extend", Acts: true, Body: Extend{}, Answer: State{},
			Doc: "Lets the phase, and what ends with it, last longer.",
			Do:  extend,
		},
		{
			Method: get, Path: "/v1/faults", Name: "faults", Answer: Faults{},
			Doc: "What goes wrong, went wrong and will go wrong.",
			Do:  func(c *Call) (any, error) { return faultsOf(c.Live), nil },
		},
		{
			Method: post, Path: "/v1/faults", Name: "open", Acts: true, Body: map[string]any{}, Answer: State{},
			Doc: "Opens a fault until the phase ends. The body is a fault in the scenario's words: " +
				`{"provider": "primary", "kind": "rate_limit", "share": "40%"}; after and until count from now.`,
			Do: open,
		},
		{
			Method: post, Path: "/v1/faults/close", Name: "close", Acts: true, Body: Close{}, Answer: State{},
			Doc: "Closes a fault that is open, for the rest of the phase.",
			Do:  shut,
		},
		{
			Method: post, Path: "/v1/heal", Name: "heal", Acts: true, Answer: State{},
			Doc: "Closes every fault that is open; the rest of the phase is without.",
			Do:  func(c *Call) (any, error) { return c.act((*drill.Control).Heal) },
		},
		{
			Method: post, Path: "/v1/stop", Name: "stop", Acts: true, Body: Stop{}, Answer: State{},
			Doc: "Ends the drill here: traffic, faults and all. Its verdict is aborted.",
			Do:  stop,
		},
		{
			Method: post, Path: "/v1/marks", Name: "mark", Body: Mark{}, Answer: State{},
			Doc: "Writes down what somebody saw or did. The state stays as it is.",
			Do:  mark,
		},
		{
			Method: post, Path: "/v1/questions", Name: "questions", Body: Ask{}, Answer: Questions{},
			Doc: "Gives prompts by which the caller's own requests to the app are known at the providers, where brownout sends none.",
			Do:  questions,
		},
		{
			Method: post, Path: "/v1/requests", Name: "requests", Body: []Request{}, Answer: Reported{},
			Kinds: []string{"application/json", ndjson}, Most: maxReport,
			Doc: "Reports requests that the caller sent to the app, all or none of them: an array, or a line for each. " +
				"They are judged as those that brownout sends; without any, what users got is not measured.",
			Do: report,
		},
		{
			Method: get, Path: "/v1/counters", Name: "counters", Answer: Counters{},
			Doc: "How many requests were sent and how they ended, and what reached the providers, in all and by phase.",
			Do:  func(c *Call) (any, error) { return countersOf(c.Live), nil },
		},
		{
			Method: get, Path: "/v1/ledger", Name: "ledger", Answer: Page{}, Query: ledgerQuery(),
			Doc: "The last lines of the log, of which some thousands are kept; or with a cursor, what came after.",
			Do:  s.ledger,
		},
		{
			Method: get, Path: "/v1/card", Name: "card", Answer: CardSoFar{},
			Query: []Parameter{{"fresh", "true: no card that was judged before this call, which waits for it some seconds", map[string]any{"type": "boolean"}}},
			Doc:   "The card of what the log says so far. Bars on what is not over yet are not judged.",
			Do:    s.cardSoFar,
		},
	}
}

// Jump says where to.
type Jump struct {
	Phase string `json:"phase" doc:"a phase of the scenario"`
}

// Extend says for how long.
type Extend struct {
	For string `json:"for" doc:"with its unit: 30s"`
}

// Close says what.
type Close struct {
	Key string `json:"key" doc:"of a fault that is open"`
}

// Stop says why.
type Stop struct {
	Reason string `json:"reason,omitempty" doc:"for the card"`
}

// Mark is what somebody saw or did.
type Mark struct {
	Kind     string `json:"kind" doc:"alert, acknowledged, diagnosed, degraded_mode, status, all_clear or note"`
	Note     string `json:"note,omitempty"`
	Provider string `json:"provider,omitempty" doc:"that a diagnosis names"`
	Fault    string `json:"fault,omitempty" doc:"the kind of fault that a diagnosis names"`
	At       any    `json:"at,omitempty" doc:"when it was, if not now: seconds since the start, or a time as in RFC 3339"`
}

func phases(c *Call) (any, error) {
	s := c.Live.Control().State()
	made := Phases{State: s.Number, Phases: phasesOf(s.Phases), Planned: []string{}}
	for _, p := range c.Live.Plan().Phases {
		made.Planned = append(made.Planned, p.Name)
	}
	return made, nil
}

func jump(c *Call) (any, error) {
	var body Jump
	if err := c.Read(&body); err != nil {
		return nil, err
	}
	answer, err := c.act(func(to *drill.Control, by drill.By) (int, error) { return to.Jump(by, body.Phase) })
	if errors.Is(err, drill.ErrUnknown) {
		p := problemOf(err)
		for _, known := range c.Live.Plan().Phases {
			p.Allowed = append(p.Allowed, known.Name)
		}
		return nil, p
	}
	return answer, err
}

func extend(c *Call) (any, error) {
	var body Extend
	if err := c.Read(&body); err != nil {
		return nil, err
	}
	d, err := span("for", body.For)
	if err != nil {
		return nil, err
	}
	return c.act(func(to *drill.Control, by drill.By) (int, error) { return to.Extend(by, d) })
}

func open(c *Call) (any, error) {
	raw, err := io.ReadAll(c.Body)
	if err != nil {
		return nil, err
	}
	if !json.Valid(raw) { // a scenario's YAML has more to it than what an API should take
		return nil, refusal(http.StatusBadRequest, "json", "the body is not JSON")
	}
	opening, problems := c.Live.Plan().Opening(raw)
	if len(problems) > 0 {
		texts := make([]string, len(problems))
		for i, p := range problems {
			texts[i] = p.String()
		}
		return nil, Refuse("fault", "%s", strings.Join(texts, "\n"))
	}
	return c.act(func(to *drill.Control, by drill.By) (int, error) { return to.Open(by, opening) })
}

func shut(c *Call) (any, error) {
	var body Close
	if err := c.Read(&body); err != nil {
		return nil, err
	}
	return c.act(func(to *drill.Control, by drill.By) (int, error) { return to.Shut(by, body.Key) })
}

func stop(c *Call) (any, error) {
	var body Stop
	if err := c.Read(&body); err != nil {
		return nil, err
	}
	if body.Reason == "" {
		body.Reason = "no reason given"
	}
	return c.act(func(to *drill.Control, by drill.By) (int, error) { return to.Stop(by, body.Reason) })
}

func mark(c *Call) (any, error) {
	var body Mark
	if err := c.Read(&body); err != nil {
		return nil, err
	}
	made := drill.Mark{Kind: body.Kind, Note: body.Note, Provider: body.Provider, Fault: body.Fault}
	var err error
	if made.At, err = moment(c.Live, "at", body.At); err != nil {
		return nil, err
	}
	return c.Mark(made)
}

// Mark writes a mark of a caller down and answers with the state.
func (c *Call) Mark(m drill.Mark) (any, error) {
	known := false
	for _, kind := range record.PeopleMarks() {
		known = known || kind == m.Kind
	}
	if !known {
		p := Refuse("kind", "a mark of kind %q; there are %s", m.Kind, strings.Join(record.PeopleMarks(), ", "))
		p.Allowed = record.PeopleMarks()
		return nil, p
	}
	if err := diagnosable(c.Live.Plan(), m); err != nil {
		return nil, err
	}
	return c.act(func(to *drill.Control, by drill.By) (int, error) { return to.Mark(by, m) })
}

// moment reads when something was, since the start; negative: now. A time of day is
// taken as so long ago, by which setting the clock before it is no matter.
func moment(live *drill.Live, name string, at any) (time.Duration, error) {
	switch at := at.(type) {
	case nil:
		return -1, nil
	case float64:
		if at >= 0 && at < 1e8 {
			return time.Duration(at * float64(time.Second)), nil
		}
	case string:
		if t, err := time.Parse(time.RFC3339Nano, at); err == nil {
			ago := max(time.Now().Round(0).Sub(t), -time.Hour) // which is in the future, too
			since := live.Control().State().Elapsed - ago
			if since < 0 {
				return 0, Refuse(name, "%s is %s, which is before the drill", name, at)
			}
			return since, nil
		}
	}
	return 0, Refuse(name, "%s is %v; it takes seconds since the start, or a time as in RFC 3339", name, at)
}

// Of a page.
const (
	pageUsual = 100
	pageMost  = 1000
)

func ledgerQuery() []Parameter {
	text, number := map[string]any{"type": "string"}, map[string]any{"type": "integer"}
	return []Parameter{
		{"kind", "lines of this kind: user, attempt, mark, phase, course, …", text},
		{"journey", "lines that name this journey", text},
		{"provider", "lines that name this provider: attempts at it, and users who got its answer", text},
		{"after", "the cursor of an earlier page, 0 for the oldest line that is kept; without it come the last lines", number},
		{"limit", "how many lines, 1 to 1000; without it 100", number},
	}
}

func (s *Server) ledger(c *Call) (any, error) {
	if s.opts.Tail == nil {
		return nil, refusal(http.StatusNotFound, "no_ledger", "nothing is written down here")
	}
	q, err := c.query("kind", "journey", "provider", "after", "limit")
	if err != nil {
		return nil, err
	}
	after, limit := int64(-1), pageUsual
	if text := q.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return nil, Refuse("after", "after is %q; it takes the `next` of an earlier page, or 0", text)
		}
	}
	if text := q.Get("limit"); text != "" {
		if limit, err = strconv.Atoi(text); err != nil || limit < 1 || limit > pageMost {
			return nil, Refuse("limit", "limit is %q; it takes 1 to %d", text, pageMost)
		}
	}
	return s.opts.Tail.Page(after, limit, Filter{q.Get("kind"), q.Get("journey"), q.Get("provider")}), nil
}

func (s *Server) cardSoFar(c *Call) (any, error) {
	q, err := c.query("fresh")
	if err != nil {
		return nil, err
	}
	fresh := q.Get("fresh")
	if !slices.Contains([]string{"", "true", "false"}, fresh) {
		return nil, Refuse("fresh", "fresh is %q; it takes true or false", fresh)
	}
	return s.judge.soFar(c.Context(), fresh == "true")
}
