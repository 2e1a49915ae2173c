package mockllm

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// head is the header of a reply, with names as the provider sends them. The names
// that net/http acts on (Content-Type, Date, …) are canonical, for it does not know
// them otherwise and would add its own.
type head map[string][]string

// begin is a head with room for what answers have, for a map that grows is made anew.
func begin() head { return make(head, 24) }

// with adds name, value pairs.
func (h head) with(pairs ...string) head {
	values := make([]string, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		values = append(values, pairs[i+1])
		h[pairs[i]] = values[i/2 : i/2+1 : i/2+1]
	}
	return h
}

// document renders JSON, indented as told, without a newline at its end, and with
// <, > and & as they are: no provider escapes them.
func document(v any, indent string) []byte { return new(sheet).document(v, indent, "") }

// sheet is what documents are written on, one after the other.
type sheet struct {
	plain bytes.Buffer
	enc   *json.Encoder // to plain
	laid  []byte
}

// document renders JSON as [document] does, with an end. It is good until the next.
func (s *sheet) document(v any, indent, end string) []byte {
	if s.enc == nil {
		s.enc = json.NewEncoder(&s.plain)
		s.enc.SetEscapeHTML(false)
	}
	s.plain.Reset()
	if err := s.enc.Encode(v); err != nil {
		panic(err) // only for types that JSON cannot hold: a mistake of ours
	}
	s.plain.Truncate(s.plain.Len() - len("\n"))
	if indent == "" {
		s.plain.WriteString(end)
		return s.plain.Bytes()
	}
	s.laid = append(appendIndented(s.laid[:0], s.plain.Bytes(), indent), end...)
	return s.laid
}

// compact renders JSON on one line.
func compact(v any) string { return string(document(v, "")) }

// appendText appends a text as JSON. Words of letters need no escapes, and most texts
// are some.
func appendText(b []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if 'a' <= c && c <= 'z' { // most are
			continue
		}
		if c < ' ' || c == '"' || c == '\\' || c > '~' {
			return append(b, compact(text)...)
		}
	}
	return append(append(append(b, '"'), text...), '"')
}

// ptr is for the keys that JSON wants as a value or null; "" is null.
func ptr(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// The forms in which a client can be told to wait.
const (
	formSeconds = "seconds"
	formDate    = "date"
	formMS      = "ms"
	formFloat   = "float"
)

// wait puts what the client is told to wait into the header, and returns what
// that comes to; told is false when it is told nothing. Headers have whole seconds
// and milliseconds: it is never told less than meant.
func (h head) wait(f Failure, now time.Time) (d time.Duration, told bool) {
	seconds := ceil(f.Wait, time.Second)
	switch f.Form {
	case formSeconds:
		h.with("retry-after", strconv.Itoa(int(seconds/time.Second)))
		return seconds, true
	case formDate:
		at := now.Add(f.Wait)
		if t := at.Truncate(time.Second); t.Before(at) {
			at = t.Add(time.Second)
		}
		h.with("retry-after", at.UTC().Format(http.TimeFormat))
		return seconds, true
	case formFloat:
		h.with("retry-after", strconv.FormatFloat(ceil(f.Wait, time.Millisecond).Seconds(), 'f', -1, 64))
		return f.Wait, true
	case formMS:
		// Clients that do not know the first header go by the second.
		ms := ceil(f.Wait, time.Millisecond)
		h.with("retry-after-ms", strconv.Itoa(int(ms/time.Millisecond)))
		h.with("retry-after", strconv.Itoa(int(seconds/time.Second)))
		return ms, true
	}
	return 0, false
}

// ceil rounds up.
func ceil(d, unit time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return (d + unit - 1).Truncate(unit)
}
