package yamltree

import (
	"cmp"
	"fmt"
	"slices"
)

// Severity says whether a file with the problem can be used.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Diagnostic is one thing that is wrong with a file, or unwise.
type Diagnostic struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1
	Col  int    `json:"col"`  // from 1, in characters
	// End is the column behind what is meant. It is 0 when the file as a whole is:
	// a directory, a binary, a file that is too big.
	End      int      `json:"end,omitempty"`
	Code     string   `json:"code"` // stable, for filters: unknown-key, no-unit, …
	Severity Severity `json:"severity"`
	// Message says what was found and what is allowed.
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`    // what to do about it
	Snippet string `json:"snippet,omitempty"` // the text of the line
}

// String is the diagnostic in one line, as compilers write theirs.
func (d Diagnostic) String() string {
	place := d.File
	if d.End != 0 {
		place = fmt.Sprintf("%s:%d:%d", d.File, d.Line, d.Col)
	}
	if d.Severity == Warning {
		return fmt.Sprintf("%s: warning: %s", place, d.Message)
	}
	return fmt.Sprintf("%s: %s", place, d.Message)
}

// Problems collects diagnostics. The zero value is ready.
type Problems struct {
	list  []*problem
	seen  map[string]bool
	files int
	more  int // found beyond maxProblems
}

// maxProblems is how many are kept. Who has more has not begun to mend them.
const maxProblems = 1000

type problem struct {
	Diagnostic
	rank int
}

// Error reports that something is wrong. The result is for adding a hint.
func (p *Problems) Error(at Pos, code, format string, args ...any) *Diagnostic {
	return p.add(at, Diagnostic{Code: code, Severity: Error, Message: fmt.Sprintf(format, args...)})
}

// Warn reports that something is unwise.
func (p *Problems) Warn(at Pos, code, format string, args ...any) *Diagnostic {
	return p.add(at, Diagnostic{Code: code, Severity: Warning, Message: fmt.Sprintf(format, args...)})
}

// File reports that a file cannot be used at all.
func (p *Problems) File(name, code, format string, args ...any) *Diagnostic {
	d := p.Line(name, 1, code, fmt.Sprintf(format, args...))
	d.End = 0
	return d
}

// Line reports what is wrong with a line of a file that is no YAML.
func (p *Problems) Line(name string, line int, code, message string) *Diagnostic {
	return p.add(Pos{Source: &Source{Name: name, rank: p.files}, Line: line, Col: 1}, Diagnostic{
		Code: code, Severity: Error, Message: message,
	})
}

// add files a diagnostic. The same one twice, as when an alias repeats a
// mistake, is one.
func (p *Problems) add(at Pos, d Diagnostic) *Diagnostic {
	d.File, d.Line, d.Col = at.Source.Name, max(at.Line, 1), max(at.Col, 1)
	d.End = max(at.End, d.Col+1)
	d.Snippet = at.Source.snippet(at.Line)
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	id := d.String()
	switch {
	case p.seen[id]:
	case len(p.list) == maxProblems:
		p.more++
	default:
		p.seen[id] = true
		p.list = append(p.list, &problem{d, at.Source.rank})
		return &p.list[len(p.list)-1].Diagnostic
	}
	return &Diagnostic{}
}

// Failed says whether there is an error among the problems.
func (p *Problems) Failed() bool {
	return slices.ContainsFunc(p.list, func(d *problem) bool { return d.Severity == Error })
}

// Sorted gives all problems in file order: by file as they were read, then by
// line and column.
func (p *Problems) Sorted() []Diagnostic {
	slices.SortStableFunc(p.list, func(a, b *problem) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	var all []Diagnostic
	for _, d := range p.list {
		all = append(all, d.Diagnostic)
	}
	if p.more > 0 {
		all = append(all, Diagnostic{
			File: all[0].File, Line: 1, Col: 1, Code: "too-many-problems", Severity: Error,
			Message: fmt.Sprintf("and %d more problems; mend these first", p.more),
		})
	}
	return all
}
