package record

import (
	"encoding/json"
	"hash/maphash"
	"math"
	"reflect"
	"unicode/utf8"
)

// A lineParser reads the lines of one log.
type lineParser struct {
	codec codec
	words wordbook
}

func newLineParser() *lineParser {
	return &lineParser{codec: newCodec(), words: wordbook{seed: maphash.MakeSeed()}}
}

// usual reads a line that stands as [Writer] writes it: keys in their order, each
// at most once, nothing between the tokens. It reports false for any other line,
// be it right or wrong; of the lines it reads, it makes what encoding/json would.
func (p *lineParser) usual(raw []byte) (Line, bool) {
	var l Line
	s := scanner{b: raw, words: &p.words}
	if !s.take(`{"t":`) || !s.seconds(&l.T) {
		return Line{}, false
	}
	ok := false
	switch {
	case s.take(`,"kind":"user","user":`):
		l.Kind, l.User = "user", new(User)
		ok = s.object(p.codec.user, reflect.ValueOf(l.User).Elem())
	case s.take(`,"kind":"attempt","attempt":`):
		l.Kind, l.Attempt = "attempt", new(Attempt)
		ok = s.object(p.codec.attempt, reflect.ValueOf(l.Attempt).Elem())
	case s.take(`,"kind":"conn","conn":`):
		l.Kind, l.Conn = "conn", new(Conn)
		ok = s.object(p.codec.conn, reflect.ValueOf(l.Conn).Elem())
	}
	return l, ok && s.take("}") && s.i == len(s.b)
}

// scanner goes through a line. Each method reads one thing and reports whether
// it stood there in the usual form.
type scanner struct {
	b     []byte
	i     int
	words *wordbook
}

func (s *scanner) take(text string) bool {
	if len(s.b)-s.i < len(text) || string(s.b[s.i:s.i+len(text)]) != text {
		return false
	}
	s.i += len(text)
	return true
}

// is reports whether c is next, and takes it.
func (s *scanner) is(c byte) bool {
	if s.i >= len(s.b) || s.b[s.i] != c {
		return false
	}
	s.i++
	return true
}

// object reads a struct's columns, of which any may be left out.
func (s *scanner) object(l layout, into reflect.Value) bool {
	if !s.is('{') {
		return false
	}
	for first := true; !s.is('}'); first = false {
		if !first && !s.is(',') {
			return false
		}
		k := 0
		for k < len(l) && !s.take(l[k].key) {
			k++
		}
		if k == len(l) || !s.value(&l[k], into.Field(l[k].index)) {
			return false
		}
		l = l[k+1:]
	}
	return true
}

func (s *scanner) value(c *column, into reflect.Value) bool {
	if c.pointer && c.form != formOther {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	switch c.form {
	case formString:
		word, ok := s.text()
		into.SetString(word)
		return ok
	case formInt:
		n, _, after, ok := s.number()
		into.SetInt(n)
		return ok && after == 0
	case formBool:
		yes := s.take("true")
		into.SetBool(yes)
		return yes || s.take("false")
	case formSeconds:
		var moment Seconds
		ok := s.seconds(&moment)
		into.SetInt(int64(moment))
		return ok
	case formWords:
		list, ok := s.list()
		into.Set(reflect.ValueOf(list))
		return ok
	case formStruct:
		return s.object(c.inner, into)
	}
	return false
}

// number reads a decimal number without an exponent: its digits as one number, how
// many they are, and how many of them stand after the point.
func (s *scanner) number() (n int64, digits, after int, ok bool) {
	const most = 18 // fit
	minus := s.is('-')
	start, point := s.i, -1
	for ; s.i < len(s.b) && digits <= most; s.i++ {
		c := s.b[s.i]
		if c == '.' && point < 0 {
			point = digits
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int64(c-'0')
		digits++
	}
	if point >= 0 {
		after = digits - point
	}
	if minus {
		n = -n
	}
	before := digits - after
	ok = before > 0 && digits <= most && (point < 0 || after > 0) && (before == 1 || s.b[start] != '0')
	return n, digits, after, ok
}

// seconds reads what [Seconds.UnmarshalJSON] does. A float64 holds fifteen digits
// and powers of ten up to 22 exactly, so one division gives the float that
// strconv would.
func (s *scanner) seconds(into *Seconds) bool {
	n, digits, after, ok := s.number()
	power := 1.0
	for range after {
		power *= 10
	}
	f := float64(n) / power
	*into = Seconds(math.Round(f * 1e9))
	return ok && digits <= 15 && math.Abs(f) < 1e9
}

func (s *scanner) list() ([]string, bool) {
	if !s.is('[') {
		return nil, false
	}
	list := make([]string, 0, 1)
	for {
		word, ok := s.text()
		if !ok {
			return nil, false // an empty list too
		}
		list = append(list, word)
		if s.is(']') {
			return list, true
		}
		if !s.is(',') {
			return nil, false
		}
	}
}

// text reads a string. One with escapes or letters beyond ASCII is taken to its
// end and left to encoding/json.
func (s *scanner) text() (string, bool) {
	if !s.is('"') {
		return "", false
	}
	start, plain := s.i, true
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			if plain {
				return s.words.of(s.b[start : s.i-1]), true
			}
			var word string
			err := json.Unmarshal(s.b[start-1:s.i], &word)
			return word, err == nil
		case c == '\\':
			s.i++
			plain = false
		case c < ' ':
			return "", false
		case c >= utf8.RuneSelf:
			plain = false
		}
	}
	return "", false
}

// wordbook gives one copy of a word that comes again soon, as nearly all do: a
// few names on every line, and a request's own word on each of its lines.
type wordbook struct {
	seed  maphash.Seed
	words [1 << 12]string
}

func (w *wordbook) of(word []byte) string {
	const long = 64 // such are excerpts
	if len(word) > long {
		return string(word)
	}
	known := &w.words[maphash.Bytes(w.seed, word)%uint64(len(w.words))]
	if *known != string(word) {
		*known = string(word)
	}
	return *known
}
