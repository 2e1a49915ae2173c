package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

// A Request is one that the caller sent to the app, where brownout sends none: what a
// test saw of it. It says when it was by sent and ended, or by took_s, or by some of
// them.
type Request struct {
	ID      string   `json:"id,omitempty" doc:"the caller's name for it; a second report of that name is left out"`
	Journey string   `json:"journey,omitempty" doc:"of the scenario; not needed where it has one"`
	Nonce   string   `json:"nonce,omitempty" doc:"the word of /v1/questions that its prompt carried"`
	Session string   `json:"session,omitempty" doc:"whose turn it was, as said to /v1/questions"`
	Sent    any      `json:"sent,omitempty" doc:"when: seconds since the start, or a time as in RFC 3339; without it took_s before it ended"`
	First   any      `json:"first,omitempty" doc:"when its first text came, as sent"`
	Ended   any      `json:"ended,omitempty" doc:"when its last byte came, or an error or a timeout, as sent; without it took_s after it was sent, or now"`
	TTFTS   *float64 `json:"ttft_s,omitempty" doc:"seconds from sent to its first text, in place of first"`
	TookS   *float64 `json:"took_s,omitempty" doc:"seconds from sent to ended"`
	Status  int      `json:"status,omitempty" doc:"of HTTP; without it no response came"`
	How     string   `json:"how,omitempty" doc:"how it ended: complete, timeout, cut (in the body), refused (no connection), reset (no response), invalid; complete where there is a status and no error"`
	Error   string   `json:"error,omitempty" doc:"what the client library said"`
	Text    *string  `json:"text,omitempty" doc:"the answer as the user read it, from which its outcome is judged; without it of a 2xx it is only known that there was one"`
	// Degraded, Told and Unmet are facts that only the caller knows.
	Degraded bool `json:"degraded,omitempty" doc:"the app owned up to a lesser answer"`
	Told     bool `json:"told,omitempty" doc:"the user was shown an error, though the status tells of none"`
	Unmet    bool `json:"unmet,omitempty" doc:"the answer was not what the caller expects"`
}

// Reported says what became of a report.
type Reported struct {
	State int `json:"state"`
	Taken int `json:"taken" doc:"requests that were written down"`
	Known int `json:"known" doc:"requests that had been, by their id"`
}

// Ask says for how many questions.
type Ask struct {
	Journey string `json:"journey,omitempty" doc:"of the scenario; not needed where it has one"`
	Session string `json:"session,omitempty" doc:"who asks them all; without it each is somebody's own"`
	Count   int    `json:"count,omitempty" doc:"1 to 1000; without it 1"`
}

// Questions are prompts by which requests are known at the providers.
type Questions struct {
	State     int        `json:"state"`
	Questions []Question `json:"questions" doc:"that nobody has asked yet"`
}

// A Question is what to ask the app.
type Question struct {
	Nonce  string `json:"nonce" doc:"a word that the prompt is to carry, whatever else it says"`
	Prompt string `json:"prompt" doc:"a sentence that does"`
}

// What one report may hold.
const (
	maxReport   = 4 << 20 // bytes
	mostAtOnce  = 1000
	problemsMax = 20 // that are told
)

// ndjson is the media type of a line per request.
const ndjson = "application/x-ndjson"

func report(c *Call) (any, error) {
	items, err := c.items()
	if err != nil {
		return nil, err
	}
	by, err := c.By()
	if err != nil {
		return nil, err
	}
	var reports []drill.Report
	var wrong []string
	for _, item := range items {
		r, err := item.report(c.Live)
		if err != nil {
			wrong = append(wrong, item.place+": "+err.Error())
		}
		reports = append(reports, r)
	}
	if n := len(wrong); n > 0 {
		if n > problemsMax {
			wrong = append(wrong[:problemsMax], fmt.Sprintf("and %d more", n-problemsMax))
		}
		return nil, Refuse("requests", "nothing was taken:\n%s", strings.Join(wrong, "\n"))
	}
	known, err := c.Live.Control().Report(by, reports)
	if err != nil {
		return nil, err
	}
	return Reported{State: c.Live.Control().State().Number, Taken: len(reports) - known, Known: known}, nil
}

func questions(c *Call) (any, error) {
	var body Ask
	if err := c.Read(&body); err != nil {
		return nil, err
	}
	if body.Count == 0 {
		body.Count = 1
	}
	if body.Count < 0 || body.Count > mostAtOnce {
		return nil, Refuse("count", "count is %d; it takes 1 to %d", body.Count, mostAtOnce)
	}
	by, err := c.By()
	if err != nil {
		return nil, err
	}
	all, err := c.Live.Control().Questions(by, body.Journey, body.Session, body.Count)
	if err != nil {
		return nil, err
	}
	made := Questions{State: c.Live.Control().State().Number}
	for _, q := range all {
		made.Questions = append(made.Questions, Question(q))
	}
	return made, nil
}

// An item is one request of a report, and where it stands in it.
type item struct {
	place string
	raw   []byte
}

// items takes a report apart: a JSON array, one request, or a line for each.
func (c *Call) items() ([]item, error) {
	raw, err := io.ReadAll(c.Body)
	if err != nil {
		return nil, err
	}
	var items []item
	kind, _, _ := mime.ParseMediaType(c.Header.Get("Content-Type"))
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0:
	case kind == ndjson:
		no := 0
		for line := range bytes.Lines(raw) {
			if no++; len(bytes.TrimSpace(line)) > 0 {
				items = append(items, item{fmt.Sprintf("line %d", no), line})
			}
		}
	case raw[0] == '[':
		var all []json.RawMessage
		if err := json.Unmarshal(raw, &all); err != nil {
			return nil, refusal(http.StatusBadRequest, "json", "the body: %s", err)
		}
		for i, one := range all {
			items = append(items, item{fmt.Sprintf("request %d", i+1), one})
		}
	default:
		items = append(items, item{"request 1", raw})
	}
	switch {
	case len(items) == 0:
		return nil, Refuse("requests", "there is no request in the body: it is a JSON array of them, or with %s a line for each", ndjson)
	case len(items) > mostAtOnce:
		return nil, refusal(http.StatusRequestEntityTooLarge, "requests", "%d requests at once; the most is %d", len(items), mostAtOnce)
	}
	return items, nil
}

// report reads the item as the drill wants it.
func (i item) report(live *drill.Live) (drill.Report, error) {
	r, err := i.read()
	if err != nil {
		return drill.Report{}, err
	}
	made := drill.Report{
		ID: r.ID, Journey: r.Journey, Nonce: r.Nonce, Session: r.Session, Status: r.Status, How: r.How, Error: r.Error,
		Text: r.Text, Degraded: r.Degraded, Told: r.Told, Unmet: r.Unmet,
	}
	for _, name := range []struct{ key, text string }{{"id", r.ID}, {"session", r.Session}} {
		if len(name.text) > 200 {
			return made, fmt.Errorf("%s has %d bytes; the most is 200", name.key, len(name.text))
		}
	}
	if made.How == "" {
		if r.Error != "" || r.Status == 0 {
			return made, fmt.Errorf("how is missing: there is %s, so it is one of %s", missing(r), strings.Join(drill.Ends()[1:], ", "))
		}
		made.How = "complete"
	}
	if err := r.times(live, &made); err != nil {
		return made, err
	}
	return made, live.Control().Reportable(made)
}

func missing(r Request) string {
	if r.Error != "" {
		return "an error"
	}
	return "no status"
}

// read reads the item strictly.
func (i item) read() (Request, error) {
	var r Request
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(i.raw, &fields); err != nil {
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return r, errors.New("a request is a JSON object")
		}
		return r, errors.New(strings.TrimPrefix(err.Error(), "json: "))
	}
	known := fieldsOf(r)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(known, name) {
			continue
		}
		if near := schema.Nearest(name, known); near != "" {
			return r, fmt.Errorf("unknown field %q; did you mean %q?", name, near)
		}
		return r, fmt.Errorf("unknown field %q; there are %s", name, strings.Join(known, ", "))
	}
	err := json.Unmarshal(i.raw, &r)
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return r, fmt.Errorf("%s takes: %s; found: %s", bad.Field, schemaOf(bad.Type)["type"], bad.Value)
	}
	return r, err
}

// fieldsOf are the names that a struct has in JSON.
func fieldsOf(v any) []string {
	var names []string
	t := reflect.TypeOf(v)
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// times fills in when it was, of what is said of that.
func (r Request) times(live *drill.Live, to *drill.Report) error {
	took, err := stretch("took_s", r.TookS)
	if err != nil {
		return err
	}
	ttft, err := stretch("ttft_s", r.TTFTS)
	if err != nil {
		return err
	}
	switch {
	case r.Sent != nil && r.Ended != nil && r.TookS != nil:
		return errors.New("sent, ended and took_s: two of them say when it was")
	case r.First != nil && r.TTFTS != nil:
		return errors.New("first and ttft_s: one of them says when the text began")
	case r.Sent == nil && r.TookS == nil:
		return errors.New("neither sent nor took_s says when it was sent")
	}
	to.Ended = live.Control().State().Elapsed
	if r.Ended != nil {
		if to.Ended, err = moment(live, "ended", r.Ended); err != nil {
			return err
		}
	}
	to.Sent = to.Ended - took
	if r.Sent != nil {
		if to.Sent, err = moment(live, "sent", r.Sent); err != nil {
			return err
		}
		if r.TookS != nil {
			to.Ended = to.Sent + took
		}
	}
	to.First = -1
	switch {
	case r.TTFTS != nil:
		to.First = to.Sent + ttft
	case r.First != nil:
		to.First, err = moment(live, "first", r.First)
	}
	return err
}

// stretch is a span in seconds, 0 without one.
func stretch(name string, s *float64) (time.Duration, error) {
	switch {
	case s == nil:
		return 0, nil
	case !(*s >= 0 && *s < 1e6):
		return 0, fmt.Errorf("%s is %g; it takes seconds from 0 on", name, *s)
	}
	return time.Duration(*s * float64(time.Second)), nil
}
