package control

import "net/http"

// RevealHeader is the header by which whoever leads a blind drill asks for what the
// others are not to see. Any value but "" does.
const RevealHeader = "Brownout-Reveal"

// shown is an answer as the caller may see it: in a blind drill without what goes
// wrong, and when. The state's number grows with every phase, and so is not told
// either. It keeps nobody from looking who wants to, but those who would not.
func (s *Server) shown(r *http.Request, answer any) (any, error) {
	if !s.hides(r) {
		return answer, nil
	}
	switch a := answer.(type) {
	case State:
		return State{ElapsedS: a.ElapsedS, LengthS: a.LengthS, CeilingS: a.CeilingS, Over: a.Over, Blind: true, Phases: []Phase{}, Open: []Fault{}}, nil
	case Counters:
		a.State, a.Phases = 0, []Counted{}
		for i := range a.Providers {
			a.Providers[i].Faulted = 0
		}
		return a, nil
	case map[string]any: // the document
		return a, nil
	case Reported:
		return Reported{Taken: a.Taken, Known: a.Known}, nil
	case Questions:
		return Questions{Questions: a.Questions}, nil
	}
	return nil, refusal(http.StatusForbidden, "blind", "the drill is blind until it is over; its leader says the header %s: yes", RevealHeader)
}

// hides says whether a caller is kept from what goes wrong.
func (s *Server) hides(r *http.Request) bool {
	if !s.opts.Blind || r.Header.Get(RevealHeader) != "" {
		return false
	}
	live := s.live.Load()
	return live == nil || !live.Control().State().Over
}

// problem is what went wrong as the caller may see it: names of phases and faults are
// not told.
func (s *Server) problem(r *http.Request, err error) *Problem {
	p := problemOf(err)
	if s.hides(r) && p.Code == "unknown" {
		return refusal(p.Status, p.Code, "there is none of that name")
	}
	return p
}
