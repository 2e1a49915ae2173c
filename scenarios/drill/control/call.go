package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// A Call is one request that was let in.
type Call struct {
	*http.Request
	Live   *drill.Live // nil before the first drill
	server *Server
}

// ActorHeader is the header by which callers say who they are, for the log.
const ActorHeader = "Brownout-Actor"

// By is who calls, and the state that they have seen.
func (c *Call) By() (drill.By, error) {
	by := drill.By{Actor: c.Header.Get(ActorHeader)}
	if by.Actor == "" {
		by.Actor = "control API"
	}
	match := c.Header.Get("If-Match")
	if match == "" || match == "*" {
		return by, nil
	}
	n, err := strconv.Atoi(strings.Trim(match, `"`))
	if err != nil || n < 1 {
		return by, Refuse("if_match", "If-Match is %q; it takes the ETag of an answer, such as \"3\"", match)
	}
	by.State = n
	return by, nil
}

// Read reads the body, in which no field is unknown. No body is an empty one.
func (c *Call) Read(into any) error {
	raw, err := io.ReadAll(c.Body)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	if err == nil && d.More() {
		err = errors.New("more than one value")
	}
	if err != nil {
		return refusal(http.StatusBadRequest, "json", "the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// query gives the parameters, of which none is unknown and each stands there once.
func (c *Call) query(known ...string) (url.Values, error) {
	values, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return nil, refusal(http.StatusBadRequest, "query", "the query: %s", err)
	}
	for name, v := range values {
		if !slices.Contains(known, name) || len(v) > 1 {
			p := Refuse("query", "the query's %q is unknown, or there twice", name)
			p.Allowed = known
			return nil, p
		}
	}
	return values, nil
}

// act does an action of the control and answers with the state that it made.
func (c *Call) act(action func(*drill.Control, drill.By) (int, error)) (any, error) {
	by, err := c.By()
	if err != nil {
		return nil, err
	}
	if _, err := action(c.Live.Control(), by); err != nil {
		return nil, err
	}
	return stateOf(c.Live), nil
}

// span reads a duration with its unit.
func span(name, text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, Refuse(name, "%s is %q; it takes a duration with a unit, such as 30s", name, text)
	}
	return d, nil
}
