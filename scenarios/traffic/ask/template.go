package ask

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Words are what a request says that no other one does.
type Words struct {
	Prompt  string // {{prompt}}
	Nonce   string // {{nonce}}
	Session string // {{session}}; "": the nonce, for every request is then its own session
	Turn    int    // {{turn}}: which request of its session this is, from 0
	Ticket  string // {{ticket}}, where an answer is asked for that was put off
	Token   string // {{token}}, behind a login
}

// Placeholders are the names that request strings know, in double braces.
func Placeholders() []string { return []string{"prompt", "nonce", "n", "session", "turn"} }

// TicketName is the placeholder that only what asks for an answer knows that was
// put off.
const TicketName = "ticket"

// TokenName is the placeholder that the requests of a journey with a login know
// besides.
const TokenName = "token"

// fill is the value of one placeholder in the n-th request.
func (w Words) fill(name string, n int) string {
	switch name {
	case "prompt":
		return w.Prompt
	case "nonce":
		return w.Nonce
	case "n":
		return strconv.Itoa(n)
	case "session":
		if w.Session == "" {
			return w.Nonce
		}
		return w.Session
	case "turn":
		return strconv.Itoa(w.Turn)
	case TicketName:
		return w.Ticket
	case TokenName:
		return w.Token
	}
	return ""
}

// A template is a string taken apart at its placeholders: text, name, text, …,
// text. So names are at the odd places.
type template []string

// braces finds whatever looks like a placeholder.
func braces() *regexp.Regexp { return regexp.MustCompile(`\{\{\s*([A-Za-z_][\w.]*)\s*\}\}`) }

// parse takes s apart. Braces around anything but a known name are text.
func parse(s string) template {
	var t template
	from := 0
	for _, at := range braces().FindAllStringSubmatchIndex(s, -1) {
		name := s[at[2]:at[3]]
		if s[at[0]:at[1]] != "{{"+name+"}}" || name != TicketName && name != TokenName && !slices.Contains(Placeholders(), name) {
			continue
		}
		t = append(t, s[from:at[0]], name)
		from = at[1]
	}
	return append(t, s[from:])
}

// A PlaceholderError is about what looks like a placeholder and is none.
type PlaceholderError struct {
	Text  string   // with its braces
	Known []string // without
}

func (e *PlaceholderError) Error() string {
	return fmt.Sprintf("unknown placeholder %q; allowed: {{%s}}", e.Text, strings.Join(e.Known, "}}, {{"))
}

// checkText reports what looks like a placeholder and is none: it would reach
// the app as it stands, and the requests would be less different than meant.
// More are known here beside those known everywhere.
func checkText(s string, more ...string) error {
	known := append(Placeholders(), more...)
	for _, m := range braces().FindAllStringSubmatch(s, -1) {
		if m[0] != "{{"+m[1]+"}}" || !slices.Contains(known, m[1]) {
			return &PlaceholderError{Text: m[0], Known: known}
		}
	}
	return nil
}

// fixed says that the template has no placeholder.
func (t template) fixed() bool { return len(t) == 1 }

// guess is about how long the template is when it is filled, and rather too long.
func (t template) guess(w Words) int {
	const other = 32 // a value that is no prompt
	n := 0
	for i, s := range t {
		switch {
		case i%2 == 0:
			n += len(s)
		case s == "prompt":
			n += len(w.Prompt)
		default:
			n += other
		}
	}
	return n
}

// render puts the template together again, each value as escape writes it.
func (t template) render(escape func(string) string, w Words, n int) string {
	if t.fixed() {
		return t[0]
	}
	var b strings.Builder
	b.Grow(t.guess(w))
	for i, s := range t {
		if i%2 == 1 {
			s = escape(w.fill(s, n))
		}
		b.WriteString(s)
	}
	return b.String()
}

// The ways in which a value is written, by where it stands.

func inText(s string) string { return s }

func inPath(s string) string { return url.PathEscape(s) }

func inQuery(s string) string { return url.QueryEscape(s) }

// inHeader blanks what would end the header line.
func inHeader(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}

// inJSON writes a value that stands inside a JSON string.
func inJSON(s string) string {
	special := func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }
	if !strings.ContainsFunc(s, special) {
		return s
	}
	quoted, err := json.Marshal(s)
	if err != nil { // no string gives one
		return ""
	}
	return string(quoted[1 : len(quoted)-1])
}
