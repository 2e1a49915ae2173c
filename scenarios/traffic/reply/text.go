package reply

import "strings"

const (
	// maxText bounds the answer's text that is kept. A mock's answer has a few
	// hundred words.
	maxText = 64 << 10

	// maxPlaces bounds the places that a reply's strings are told apart by. The
	// strings of further ones are one text. maxName bounds how much of a place's
	// name counts.
	maxPlaces = 64
	maxName   = 256
)

// text is an answer as it grows: what was found at each place, in the order in
// which the places first had something. The zero text is empty.
type text struct {
	places []place
	room   int // of maxText, once there is a place
}

type place struct {
	name string
	text []byte
}

// add appends s to what was found at that place before. What goes beyond
// maxText is left out.
func (t *text) add(name, s string) {
	p := t.place(name)
	p.text = append(p.text, s[:t.fits(len(s))]...)
}

// addBytes is add where there are no places to tell apart.
func (t *text) addBytes(s []byte) {
	p := t.place("")
	p.text = append(p.text, s[:t.fits(len(s))]...)
}

// fits takes room for n bytes, as far as there is any.
func (t *text) fits(n int) int {
	n = min(n, t.room)
	t.room -= n
	return n
}

func (t *text) place(name string) *place {
	name = name[:min(len(name), maxName)]
	for i := range t.places {
		if t.places[i].name == name {
			return &t.places[i]
		}
	}
	switch len(t.places) {
	case 0:
		t.room = maxText
	case maxPlaces:
		return &t.places[maxPlaces-1]
	default:
		t.room = max(0, t.room-1) // for the line feed between
	}
	t.places = append(t.places, place{name: name})
	return &t.places[len(t.places)-1]
}

// forget empties the text.
func (t *text) forget() { t.places = nil }

func (t *text) String() string {
	var b strings.Builder
	for i, p := range t.places {
		if i > 0 && len(p.text) > 0 {
			b.WriteByte('\n')
		}
		b.Write(p.text)
	}
	return b.String()
}
