package shape

import (
	"bytes"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// filler is what strings say that nobody asked for.
const filler = "mock"

// quote writes a text as JSON, with <, > and & as they are.
func quote(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string and a buffer know no errors
	return bytes.TrimSpace(b.Bytes())
}

// string makes the text, if it is wished and fits, else something that is right.
func (m *maker) string(s keywords, w wish) result {
	if v, ok := formatted(s.text("format"), w.nth); ok {
		return result{json: quote(v)}
	}
	least, _ := s.whole("minLength")
	most, bounded := s.whole("maxLength")
	pattern := s.text("pattern")
	var re *regexp.Regexp
	if pattern != "" {
		re, _ = regexp.Compile(pattern) // nil: what only other engines understand
	}
	least = min(least, maxChars)
	if w.text && (!bounded || most > 0) {
		t := m.text(least, most)
		n := utf8.RuneCountInString(t)
		if t != "" && n >= least && (!bounded || n <= most) && (re == nil || re.MatchString(t)) {
			return result{json: quote(t), held: true}
		}
	}
	if re != nil {
		for _, nth := range []int{w.nth, 0} {
			if t, ok := matching(re, least, nth); ok {
				return result{json: quote(t)}
			}
		}
	}
	return result{json: quote(plain(least, most, bounded, w.nth))}
}

// plain is a string of no meaning.
func plain(least, most int, bounded bool, nth int) string {
	t := filler
	if nth > 0 {
		t += strconv.Itoa(nth)
	}
	if n := least - len(t); n > 0 {
		t += strings.Repeat(" "+filler, n/len(filler)+1)[:n]
	}
	if bounded && len(t) > most {
		t = t[len(t)-most:] // the end, for it has the number
	}
	return t
}

// formatted is a string of a format; false of one that is not known.
func formatted(format string, nth int) (string, bool) {
	n := strconv.Itoa(nth)
	two := string([]byte{'0' + byte(nth/10%3), '0' + byte(nth%10)})
	switch format {
	case "date-time":
		return "2026-01-01T00:00:" + two + "Z", true
	case "date":
		return "20" + two + "-01-01", true
	case "time":
		return "00:00:" + two + "Z", true
	case "duration":
		return "PT" + n + "S", true
	case "email", "idn-email":
		return "mock" + n + "@example.com", true
	case "hostname", "idn-hostname":
		return "mock" + n + ".example.com", true
	case "uri", "url", "uri-reference", "iri", "iri-reference":
		return "https://example.com/" + n, true
	case "ipv4":
		return "192.0.2." + strconv.Itoa(nth%256), true
	case "ipv6":
		return "2001:db8::" + strconv.FormatInt(int64(nth%65536), 16), true
	case "uuid":
		return "00000000-0000-4000-8000-" + strings.Repeat("0", max(12-len(n), 0)) + n, true
	case "byte", "binary":
		return "bW9jaw==", true
	}
	return "", false
}

// number makes the number nearest to 0, or the one so many places on.
func (s keywords) number(whole bool, nth int) json.RawMessage {
	low, lowIn := s.bound("minimum", "exclusiveMinimum", math.Inf(-1))
	high, highIn := s.bound("maximum", "exclusiveMaximum", math.Inf(1))
	step, ok := s.float("multipleOf")
	if !ok || step <= 0 || whole && step != math.Trunc(step) {
		step = 1
	}
	fits := func(f float64) bool { return (f > low || lowIn && f == low) && (f < high || highIn && f == high) }

	var f float64
	switch {
	case low > 0 || low == 0 && !lowIn:
		if f = math.Ceil(low/step) * step; !fits(f) {
			f += step
		}
		f += float64(nth) * step
	case high < 0 || high == 0 && !highIn:
		if f = math.Floor(high/step) * step; !fits(f) {
			f -= step
		}
		f -= float64(nth) * step
	case fits(float64(nth) * step):
		f = float64(nth) * step
	default:
		f = -float64(nth) * step
	}
	switch {
	case math.IsInf(f, 0) || math.IsNaN(f): // beyond what can be counted
		f = max(min(0, high), low)
	case fits(f):
	case nth > 0:
		return s.number(whole, 0)
	case !whole && !ok: // no whole number does
		f = between(low, high)
	}
	// Sums of steps are not always what they are written as; whole numbers are.
	if rounded := math.Round(f*1e9) / 1e9; fits(rounded) && math.Abs(f) < 1e6 {
		f = rounded
	}
	return json.RawMessage(strconv.AppendFloat(nil, f, 'f', -1, 64))
}

// bound is a bound of a number, and whether it is within.
func (s keywords) bound(name, exclusive string, none float64) (at float64, in bool) {
	at, ok := s.float(name)
	if !ok {
		at = none
	}
	in = string(s.keys[exclusive]) != "true" // as it was until 2017
	if x, ok := s.float(exclusive); ok && (at == none || (x-at)*sign(none) <= 0) {
		return x, false
	}
	return at, in
}

func sign(f float64) float64 { return math.Copysign(1, f) }

// between is a number between two.
func between(low, high float64) float64 {
	switch {
	case math.IsInf(low, 0):
		return high - 1
	case math.IsInf(high, 0):
		return low + 1
	}
	return low + (high-low)/2
}
