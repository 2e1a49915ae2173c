package reply

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/theory/jsonpath"
)

// Matcher recognises a reply, or one event of it. All given parts must hold.
// Status and Header are those of the reply. The others hold on one SSE event or
// NDJSON line alone, or on the whole of any other body, of which only the
// beginning is kept when it is neither (64 KiB).
type Matcher struct {
	Status   int
	Header   map[string]string // one of the header's values must be equal
	JSON     map[string]any    // JSONPath → value that one of the nodes found must equal
	Event    string            // SSE event name; those without are called message
	Contains string
	Matches  string // regular expression (RE2)
}

// CheckPath reports what keeps expr from being a JSONPath (RFC 9535).
func CheckPath(expr string) error {
	_, err := path(expr)
	return err
}

func path(expr string) (*jsonpath.Path, error) {
	if !strings.HasPrefix(expr, "$") {
		return nil, fmt.Errorf("path %q does not begin with $, as in \"$.reply\"", expr)
	}
	p, err := jsonpath.Parse(expr)
	if err != nil {
		return nil, fmt.Errorf("path %q: %w", expr, err)
	}
	return p, nil
}

// Check reports the first thing that keeps the matcher from meaning anything.
func (m Matcher) Check() error {
	_, err := newMatch(&m)
	return err
}

// match is a matcher made ready.
type match struct {
	Matcher
	nodes []node
	re    *regexp.Regexp
}

// node is one pair of Matcher.JSON.
type node struct {
	path *jsonpath.Path
	want any
}

// newMatch makes a matcher ready; nil stays nil and matches nothing.
func newMatch(m *Matcher) (*match, error) {
	if m == nil {
		return nil, nil
	}
	made := &match{Matcher: *m}
	if m.empty() {
		return nil, errors.New("no part is given; allowed: status, header, json, event, contains, matches")
	}
	if m.Status != 0 && (m.Status < 100 || m.Status > 599) {
		return nil, fmt.Errorf("status %d is out of range; allowed: 100 to 599", m.Status)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Header)) {
		if !isToken(name) {
			return nil, fmt.Errorf("%q is not a header name; letters, digits and - are", name)
		}
	}
	for _, expr := range slices.Sorted(maps.Keys(m.JSON)) {
		p, err := path(expr)
		if err != nil {
			return nil, fmt.Errorf("json: %w", err)
		}
		want, err := plain(m.JSON[expr])
		if err != nil {
			return nil, fmt.Errorf("json: value of %q: %w", expr, err)
		}
		made.nodes = append(made.nodes, node{p, want})
	}
	if m.Matches != "" {
		re, err := regexp.Compile(m.Matches)
		if err != nil {
			return nil, fmt.Errorf("matches: %w", err)
		}
		made.re = re
	}
	return made, nil
}

// empty says that no part is given.
func (m Matcher) empty() bool {
	return m.Status == 0 && len(m.Header) == 0 && len(m.JSON) == 0 && m.Event == "" && m.Contains == "" && m.Matches == ""
}

// plain gives a value the types that a decoded JSON document has, so that 1 in
// a scenario is the 1 of a reply.
func plain(v any) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var made any
	err = json.Unmarshal(b, &made)
	return made, err
}

// looksInside says that the head of a reply alone cannot match.
func (m *match) looksInside() bool {
	return m != nil && (len(m.JSON) > 0 || m.Event != "" || m.Contains != "" || m.Matches != "")
}

// isToken says that s can be a header name.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// head says that the parts about the reply's head hold.
func (m *match) head(status int, header http.Header) bool {
	if m == nil || m.Status != 0 && m.Status != status {
		return false
	}
	for name, value := range m.Header {
		if !slices.Contains(header.Values(name), value) {
			return false
		}
	}
	return true
}

// inside says that the parts about an event or a body hold.
func (m *match) inside(u *unit) bool {
	if m.Event != "" && m.Event != u.event ||
		!bytes.Contains(u.data, []byte(m.Contains)) ||
		m.re != nil && !m.re.Match(u.data) {
		return false
	}
	for _, n := range m.nodes {
		v, err := u.value()
		if err != nil || !slices.ContainsFunc(n.path.Select(v), n.equals) {
			return false
		}
	}
	return true
}

func (n node) equals(v any) bool { return reflect.DeepEqual(v, n.want) }

// A unit is what a matcher looks into and a rule takes text from: an SSE event,
// an NDJSON line, or a whole body.
type unit struct {
	event  string // "" unless it is an SSE event
	data   []byte
	part   bool // one of a stream: an event or a line
	parsed bool
	v      any
	err    error
}

// value is the data as JSON, decoded once.
func (u *unit) value() (any, error) {
	if !u.parsed {
		u.parsed = true
		u.err = json.Unmarshal(u.data, &u.v)
	}
	return u.v, u.err
}

// failure says that the unit is an error in the midst of a stream by its data alone,
// as OpenAI's and Gemini's are: no event's name tells, but an object with an error in
// it that is something, or of the type error, as in the AI SDK's UI message stream.
func (u *unit) failure() bool {
	if !u.part || !bytes.Contains(u.data, []byte(`"error"`)) {
		return false
	}
	v, _ := u.value()
	object, _ := v.(map[string]any)
	if object["type"] == "error" {
		return true
	}
	switch e := object["error"].(type) {
	case string:
		return e != ""
	case map[string]any:
		return len(e) > 0
	}
	return false
}
