package faults

import (
	"bytes"
	"math"
)

// striking makes the action of a fault that spoils one event and lets the answer
// go on: what is written for the event that stands at the place.
func striking(spoil func(x *exchange, ev []byte) [][]byte) action {
	return func(x *exchange) {
		at := x.kind.place(x.Fault.At)
		through(x, func(t *tap) editor { return &strike{tap: t, at: at, spoil: spoil} })
	}
}

// strike is what an answer goes through of which one event is spoiled.
type strike struct {
	*tap
	at     At
	spoil  func(x *exchange, ev []byte) [][]byte
	tokens int
	struck bool
}

func (s *strike) event(ev []byte) error {
	part := s.x.in.dialect.Part(s.x.look, ev)
	if part == Content {
		s.tokens++
	}
	at := s.hits(part)
	if at == "" {
		_, err := s.ResponseWriter.Write(ev)
		return err
	}
	s.struck = true
	s.x.report(at)
	for _, ev := range s.spoil(s.x, ev) {
		if _, err := s.ResponseWriter.Write(ev); err != nil {
			return err
		}
	}
	return nil
}

// hits says where the event is struck, "" when it is not. An answer that ends
// before the place is reached is struck at its finish, or at its end.
func (s *strike) hits(part Part) string {
	target := max(s.target(s.at), 1)
	if s.at.Place == AtShare && s.total == 0 || s.at.Place == AtFinish || s.at.Place == AtTerminator {
		target = math.MaxInt
	}
	switch {
	case s.struck:
	case part == Content && s.tokens == target:
		return s.at.String()
	case part == Finish && s.at.Place != AtTerminator:
		return AtFinish
	case part == Terminator:
		return AtTerminator
	}
	return ""
}

func (s *strike) end(rest []byte) { _, _ = s.ResponseWriter.Write(rest) }

// document is never called: such kinds touch streams alone.
func (s *strike) document(body []byte) { s.sendWhole(body) }

// garbage is an event of which the end got lost, its frame whole: what a proxy
// leaves that cuts at a buffer's size.
func garbage(_ *exchange, ev []byte) [][]byte {
	text := bytes.TrimRight(ev, "\r\n")
	frame := ev[len(text):]
	data := bytes.LastIndex(text, []byte("data:"))
	from := max(data, 0) + len("data:")
	kept := min(from+(len(text)-from)*2/3, len(text))
	return [][]byte{text[:kept], frame}
}

// again is an event over and over.
func again(x *exchange, ev []byte) [][]byte {
	all := [][]byte{ev}
	for range param[int](x, "times") {
		all = append(all, ev)
	}
	return all
}
