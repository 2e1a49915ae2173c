// Package sheet is the leader's sheet of a drill, in Markdown: who does what, what
// will be seen when, what decides, what ends it, and what is asked afterwards. It is
// written twice with the same headings: before the drill with the right-hand columns
// empty, to print and to fill in by hand, and after it, filled in with what was.
//
// Start at [Sheet]; what stands on every sheet, whatever the drill, is in words.go:
//
//	s := sheet.Sheet{Title: "A provider browns out", Roles: sheet.Roles(), Abort: sheet.Abort(nil)}
//	err := s.Write(os.Stdout)
package sheet

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// A Sheet is all that stands on it. Texts may be anybody's; they are escaped.
type Sheet struct {
	Title string
	// After says that the drill is over: what nobody could know is told of, and not left
	// free to write in.
	After bool
	Facts []Fact
	Roles []Role
	// Course is the timeline, by when each stretch begins.
	Course  []Stretch
	Moments []Moment // what happened when; none before the drill
	Signs   []Sign
	Limits  []Limit
	Abort   []string
	// Questions are those of the talk afterwards.
	Questions []Question
	Actions   []Action // the most urgent first; none before the drill
}

// Fact is a line at the head: "seed", "7".
type Fact struct{ Name, Value string }

// Role is somebody's part in the drill.
type Role struct{ Name, Does, Who string }

// Stretch is a phase of the drill.
type Stretch struct {
	At, Phase string   // At as [Clock] has it
	Wrong     []string // "primary: rate_limit 90%"; none: all is well
	// See, Say and Watch are what people will meet, what they tell users, and where
	// they look.
	See, Say, Watch []string
	Was             string // what users got
}

// Moment is something that happened.
type Moment struct{ At, What string }

// Sign is one thing that goes wrong, as it looks from the app's side.
type Sign struct{ Kind, Looks, Do, Was string }

// Limit is a bar, "availability ≥ 90 %" and on what: what is decided by.
type Limit struct{ Bar, Where, Was string }

// Question is asked when all is over.
type Question struct{ Asked, Answer string }

// Action is something to do about what the drill showed.
type Action struct{ Seen, Do, Effort, Severity string }

// Clock is a moment of the drill: the time of day when the start is known, and the
// time since it.
func Clock(start time.Time, since time.Duration) string {
	since = since.Round(time.Second)
	s := fmt.Sprintf("+%d:%02d", int(since.Minutes()), int(since.Seconds())%60)
	if since >= time.Hour {
		s = fmt.Sprintf("+%d:%02d:%02d", int(since.Hours()), int(since.Minutes())%60, int(since.Seconds())%60)
	}
	if start.IsZero() {
		return s
	}
	return start.Add(since).Format(time.TimeOnly) + " (" + s + ")"
}

// Write writes the sheet. The error is the writer's.
func (s Sheet) Write(w io.Writer) error {
	d := &document{after: s.After}
	d.head(s)
	d.roles(s.Roles)
	d.course(s.Course)
	d.moments(s.Moments)
	d.signs(s.Signs)
	d.limits(s.Limits)
	d.list("Nobody touches, until the leader says that all is stable", HandsOff())
	d.list("The drill is stopped at once when", s.Abort)
	d.questions(s.Questions)
	d.actions(s.Actions)
	_, err := io.WriteString(w, d.String())
	return err
}

// document is the Markdown so far.
type document struct {
	strings.Builder
	after bool
}

func (d *document) line(text string) { d.WriteString(text + "\n") }

func (d *document) title(text string) { d.line("\n## " + text + "\n") }

// table writes a table; a cell of several lines has them below each other.
func (d *document) table(header []string, rows [][]string) {
	d.line("| " + strings.Join(header, " | ") + " |")
	d.line("|" + strings.Repeat(" --- |", len(header)))
	for _, cells := range rows {
		for i, c := range cells {
			cells[i] = cell(c)
		}
		d.line("| " + strings.Join(cells, " | ") + " |")
	}
}

// cell escapes a text of one or more lines.
func cell(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = plain.Markdown(plain.Text(l))
	}
	return strings.Join(lines, "<br>")
}

// was is the head of the column that is free before the drill.
func (d *document) was() string {
	if d.after {
		return "what was"
	}
	return "what was (to fill in)"
}

func (d *document) head(s Sheet) {
	kind := "Leader's sheet"
	if s.After {
		kind = "After-action report"
	}
	d.line("# " + kind + ": " + cell(s.Title) + "\n")
	var rows [][]string
	for _, f := range s.Facts {
		rows = append(rows, []string{f.Name, f.Value})
	}
	d.table([]string{"drill", ""}, rows)
}

func (d *document) roles(roles []Role) {
	d.title("Roles")
	var rows [][]string
	for _, r := range roles {
		rows = append(rows, []string{r.Name, r.Does, r.Who})
	}
	d.table([]string{"role", "does", "who"}, rows)
}

func (d *document) course(course []Stretch) {
	d.title("Course")
	var rows [][]string
	for _, s := range course {
		wrong := strings.Join(s.Wrong, "\n")
		if wrong == "" {
			wrong = "nothing"
		}
		rows = append(rows, []string{
			s.At, s.Phase, wrong, strings.Join(s.See, "\n"), strings.Join(s.Say, "\n"), strings.Join(s.Watch, "\n"), s.Was,
		})
	}
	d.table([]string{"when", "phase", "goes wrong", "will be seen", "say", "watch", d.was()}, rows)
}

func (d *document) moments(moments []Moment) {
	if len(moments) == 0 {
		return
	}
	d.title("What happened")
	var rows [][]string
	for _, m := range moments {
		rows = append(rows, []string{m.At, m.What})
	}
	d.table([]string{"when", "what"}, rows)
}

func (d *document) signs(signs []Sign) {
	if len(signs) == 0 {
		return
	}
	d.title("Symptoms")
	var rows [][]string
	for _, s := range signs {
		rows = append(rows, []string{s.Looks, s.Kind, s.Do, s.Was})
	}
	d.table([]string{"what it looks like", "what it is", "what a good app does", d.was()}, rows)
}

func (d *document) limits(limits []Limit) {
	d.title("Limits to decide by")
	var rows [][]string
	for _, l := range limits {
		rows = append(rows, []string{l.Bar, l.Where, l.Was})
	}
	d.table([]string{"limit", "where", d.was()}, rows)
}

func (d *document) list(title string, items []string) {
	d.title(title)
	for _, item := range items {
		d.line("- " + cell(item))
	}
}

func (d *document) questions(questions []Question) {
	d.title("Afterwards")
	for i, q := range questions {
		d.line(fmt.Sprintf("%d. %s", i+1, cell(q.Asked)))
		if q.Answer != "" {
			d.line("   <br>" + cell(q.Answer))
		}
	}
}

func (d *document) actions(actions []Action) {
	if !d.after {
		return
	}
	d.title("Actions")
	if len(actions) == 0 {
		d.line("None: the drill found nothing.")
		return
	}
	var rows [][]string
	for _, a := range actions {
		rows = append(rows, []string{a.Severity, a.Do, a.Effort, a.Seen, "", ""})
	}
	d.table([]string{"", "do", "effort", "for", "who", "until"}, rows)
}
