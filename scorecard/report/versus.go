package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/compare"
	"github.com/seed-76a9de92/brownout/scorecard/plain"
	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Comparisons is the table of all formats of a comparison.
func Comparisons() []FormatOf[*compare.Comparison] {
	return []FormatOf[*compare.Comparison]{
		{Name: "text", Doc: "summary for a terminal", Write: writeVersusText},
		{Name: "json", Doc: "everything that was compared, for programs", Write: writeVersusJSON},
		{Name: "md", Doc: "summary for a pull request", Write: writeVersusMarkdown},
		{Name: "html", Doc: "the whole comparison as one page, without network or script", Write: writeVersusHTML},
	}
}

func writeVersusJSON(w io.Writer, c *compare.Comparison, _ Options) error {
	raw, err := encoded(c)
	if err != nil {
		return err
	}
	_, err = w.Write(raw)
	return err
}

// A versus is a comparison as plain strings, as a view is of a card.
type versus struct {
	Word, Mark, Class string
	Sentence, Title   string
	Method            string
	Alone             string // requests without their pair, "" for none
	Runs              []versusRun
	Checks            []versusCheck
	Judged            []versusRow // what claims may be made of, the worse first
	Whole             []versusRow // the other metrics over the whole drill
	Rows              []versusRow // all of them
	JudgedNote        string
	Lost, Saved       string // "" where requests are not paired
	Kept              string
	Swings            []versusSwing
	Unlisted          int

	c *compare.Comparison
}

type versusRun struct{ Side, Name, App, Seed, Verdict, Mark, Class, Grade, Log, Sentence string }

type versusCheck struct{ Level, Class, What, A, B, Reason string }

type versusRow struct {
	Metric, Where, A, B, Change, Interval, Pairs, Chance string
	Claim, Mark, Class, Note                             string
	Bars, Met                                            string // its bars with their verdicts; the verdicts alone
}

type versusSwing struct {
	Pair, Due, Journey, Phase, Before, After, Nonce, Mark, Word, Class string
}

// versusOf makes the view of a comparison.
func versusOf(c *compare.Comparison) *versus {
	v := &versus{
		Word: strings.ToUpper(string(c.Verdict)), Sentence: plain.Text(c.Sentence),
		Title: plain.Text(cmp.Or(c.Scenario.Title, c.Scenario.Name)), Method: plain.Text(c.Because), c: c,
	}
	v.Mark, v.Class = "=", "inconclusive"
	switch c.Verdict {
	case compare.Regression:
		v.Mark, v.Class = "✗", "fail"
	case compare.Improvement:
		v.Mark, v.Class = "✓", "pass"
	case compare.NoDifference:
		v.Class = "same"
	case compare.NotComparable:
		v.Mark = "?"
	}
	v.runs("A", c.A)
	v.runs("B", c.B)
	for _, check := range c.Checks {
		class := map[compare.Level]string{compare.Refusal: "fail", compare.Warning: "inconclusive"}[check.Level]
		v.Checks = append(v.Checks, versusCheck{
			plain.Text(string(check.Level)), class, plain.Text(check.What),
			cmp.Or(plain.Text(check.A), "–"), cmp.Or(plain.Text(check.B), "–"), plain.Text(check.Reason),
		})
	}
	v.rows()
	v.users()
	return v
}

func (v *versus) runs(name string, side compare.Side) {
	for _, r := range side.Runs {
		row := versusRun{
			Side: name, Name: plain.Text(r.Name), App: plain.Text(r.App), Seed: strconv.FormatUint(r.Seed, 10),
			Verdict: r.Verdict.String(), Mark: mark(r.Verdict), Class: r.Verdict.String(),
			Grade: "–", Log: "log", Sentence: plain.Text(r.Sentence),
		}
		if !r.Log {
			row.Log = "no log"
		}
		if r.Grade != "" && r.Score != nil {
			row.Grade = plain.Text(r.Grade) + " (" + words.Figure(*r.Score, "") + ")"
		}
		v.Runs = append(v.Runs, row)
	}
}

func (v *versus) rows() {
	for i := range v.c.Rows {
		r := &v.c.Rows[i]
		row := versusRowOf(r)
		v.Rows = append(v.Rows, row)
		switch {
		case r.Judged:
			v.Judged = append(v.Judged, row)
		case r.Phase == "" && r.Journey == "" && r.Provider == "" && noticeable(r):
			v.Whole = append(v.Whole, row)
		}
	}
	rank := map[string]int{string(compare.Worse): 0, string(compare.Better): 1}
	slices.SortStableFunc(v.Judged, func(a, b versusRow) int {
		of := func(r versusRow) int {
			if n, ok := rank[r.Claim]; ok {
				return n
			}
			return len(rank)
		}
		return cmp.Compare(of(a), of(b))
	})
	v.JudgedNote = fmt.Sprintf("the metrics of bars, availability and harm; the chance of any false claim among the %d tests is at most 5 %% (Holm)", v.c.Judged)
}

// noticeable says whether a row has changed by more than a fiftieth.
func noticeable(r *compare.Row) bool {
	if r.A.Value == nil || r.B.Value == nil {
		return r.A.Figure(r.Unit) != r.B.Figure(r.Unit)
	}
	return math.Abs(*r.Change) > max(math.Abs(*r.A.Value), math.Abs(*r.B.Value))/50
}

func versusRowOf(r *compare.Row) versusRow {
	row := versusRow{
		Metric: plain.Text(r.Metric), Where: where(r.Phase, r.Journey, r.Provider),
		A: r.A.Figure(r.Unit), B: r.B.Figure(r.Unit), Change: "–", Chance: chance(cmp.Or(r.Corrected, r.P)),
		Claim: string(r.Claim), Mark: "·", Class: "same", Note: plain.Text(r.Reason),
	}
	if r.Change != nil {
		row.Change = signed(*r.Change, r.Unit)
	}
	switch {
	case r.Interval != nil: // of shares alone, and in percentage points as the change beside it
		row.Interval = strings.ReplaceAll(signed(r.Interval.Low, r.Unit)+" … "+signed(r.Interval.High, r.Unit), " pp", "")
	case r.Typical != nil:
		row.Interval = signed(r.Typical.Low, r.Unit) + " … " + signed(r.Typical.High, r.Unit) + " a user"
	}
	if r.Test == compare.ByPairs {
		row.Pairs = fmt.Sprintf("%d : %d of %s", r.More, r.Fewer, words.Figure(float64(r.N), "count"))
	}
	var bars, met []string
	for _, b := range r.Bars {
		met = append(met, verdictMark(b.A)+"→"+verdictMark(b.B))
		bars = append(bars, verdictMark(b.A)+" → "+verdictMark(b.B)+"  "+sign(b.Op)+" "+words.Figure(b.Threshold, r.Unit))
	}
	row.Bars, row.Met = strings.Join(bars, ", "), strings.Join(met, " ")
	switch r.Claim {
	case compare.Worse:
		row.Mark, row.Class = "✗", "fail"
	case compare.Better:
		row.Mark, row.Class = "✓", "pass"
	case compare.Same:
	default:
		row.Claim, row.Mark = "not tested", " "
	}
	return row
}

// verdictMark is the sign of a bar's verdict, a dash for none.
func verdictMark(v *scorecard.Verdict) string {
	if v == nil {
		return "–"
	}
	return mark(*v)
}

// chance writes a p value.
func chance(p *float64) string {
	switch {
	case p == nil:
		return "–"
	case *p < 0.0001:
		return "< 0.0001"
	case *p >= 0.995:
		return "1"
	}
	return strconv.FormatFloat(*p, 'g', 2, 64)
}

// signed writes a change: shares in percentage points, all with their sign.
func signed(change float64, unit string) string {
	if unit == "share" {
		change, unit = math.Round(change*1e4)/100, "pp"
		if math.Abs(change) >= 1 {
			change = math.Round(change*10) / 10
		}
	}
	s := words.Figure(math.Abs(change), unit)
	switch {
	case strings.Trim(strings.SplitN(s, " ", 2)[0], "0.") == "":
		return s
	case change < 0:
		return "−" + s
	}
	return "+" + s
}

func (v *versus) users() {
	if v.c.Pairing.Requests == 0 {
		return
	}
	u := v.c.Users
	number := func(n int) string { return words.Figure(float64(n), "count") }
	v.Lost, v.Saved = number(u.Lost), number(u.Saved)
	v.Kept = fmt.Sprintf("%s served well on both sides, %s on neither", number(u.Both), number(u.Neither))
	if alone := v.c.Pairing.AloneA + v.c.Pairing.AloneB; alone > 0 {
		v.Alone = fmt.Sprintf("%s of A and %s of B have no pair, for the other side does not know what became of them",
			number(v.c.Pairing.AloneA), number(v.c.Pairing.AloneB))
	}
	for _, s := range u.Swings {
		row := versusSwing{
			Pair: strconv.Itoa(s.Pair), Due: words.Figure(s.DueS, "s"), Journey: plain.Text(s.Journey), Phase: plain.Text(s.Phase),
			Before: plain.Text(s.Before), After: plain.Text(s.After), Nonce: plain.Text(s.Nonce), Mark: "✓", Word: "saved", Class: "pass",
		}
		if s.Lost {
			row.Mark, row.Word, row.Class = "✗", "lost", "fail"
		}
		v.Swings = append(v.Swings, row)
	}
	v.Unlisted = u.Lost + u.Saved - len(u.Swings)
}
