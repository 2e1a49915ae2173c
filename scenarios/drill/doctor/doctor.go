// Package doctor says whether an app is fit to be drilled, and what to do where it is
// not: whether it calls the mocks and by which SDK, whether its requests are known
// again there, where the answer stands in its replies and whether it streams, and which
// known traps it or its environment steps into.
//
//	look, err := drill.Probe(ctx, plan, opts)
//	…
//	report := doctor.Examine(look, os.Environ())
//	report.Write(os.Stdout)
//
// Examine is a pure function; what it looks for is one table, checks.
package doctor

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// How a check went. A warning is what a drill is worth less with; after a failure none
// is worth having.
const (
	OK   = "ok"
	Note = "note"
	Warn = "warn"
	Fail = "fail"
)

// A Finding is what one check says.
type Finding struct {
	Check   string `json:"check"`
	Journey string `json:"journey,omitempty"` // "": of the app
	State   string `json:"state"`             // ok, note, warn or fail
	Says    string `json:"says"`
	Do      string `json:"do,omitempty"` // "": nothing
}

// A Report is all of them, in the order of the table.
type Report struct {
	Schema   int       `json:"schema"`
	App      string    `json:"app"`
	Findings []Finding `json:"findings"`
}

// Failed says whether a check did.
func (r *Report) Failed() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.State == Fail })
}

// Write writes the report as text.
func (r *Report) Write(w io.Writer) error {
	journey := ""
	for _, f := range r.Findings {
		if f.Journey != journey {
			journey = f.Journey
			if _, err := fmt.Fprintf(w, "%s\n", cmp.Or(journey, "the app and its environment")); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "  %-4s  %-10s %s\n", f.State, f.Check, f.Says); err != nil {
			return err
		}
		if f.Do != "" {
			if _, err := fmt.Fprintf(w, "                   → %s\n", f.Do); err != nil {
				return err
			}
		}
	}
	return nil
}

// A check looks at one thing of a journey.
type check struct {
	name string
	look func(exam) []Finding
}

// checks is the table. A check that has nothing to go by says nothing.
func checks() []check {
	return []check{
		{"answers", answers},
		{"mocks", called},
		{"sdk", sdks},
		{"path", paths},
		{"nonce", nonces},
		{"answer", whereabouts},
		{"stream", streams},
		{"timeout", timeouts},
		{"retries", retries},
		{"key", keys},
	}
}

// An exam is of one journey.
type exam struct {
	drill.Visit
	look *drill.Look
}

// dialect is that of an endpoint.
func (e exam) dialect(provider string) string {
	for _, p := range e.look.Endpoints {
		if p.Name == provider {
			return p.Dialect
		}
	}
	return ""
}

// Examine says what is to be seen of a look at an app, and of the environment,
// NAME=value, that brownout has and an app which it starts inherits.
func Examine(look *drill.Look, environ []string) *Report {
	r := &Report{Schema: 1, App: look.App, Findings: []Finding{}}
	for _, v := range look.Visits {
		for _, c := range checks() {
			for _, f := range c.look(exam{v, look}) {
				f.Check, f.Journey = c.name, v.Journey.Name
				r.Findings = append(r.Findings, f)
			}
		}
	}
	reached := len(look.Visits) > 0 && !slices.ContainsFunc(look.Visits, func(v drill.Visit) bool { return len(v.Attempts) == 0 })
	r.Findings = append(r.Findings, environment(environ, reached)...)
	return r
}

func ok(format string, args ...any) []Finding {
	return []Finding{{State: OK, Says: fmt.Sprintf(format, args...)}}
}

// bad is one finding, with what to do.
func bad(state, do, format string, args ...any) []Finding {
	return []Finding{{State: state, Do: do, Says: fmt.Sprintf(format, args...)}}
}
