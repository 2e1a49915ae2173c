package measure_test

import (
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/measure"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Every metric has its row in the table, documented, and is on the card of a
// scenario that has words for it, and of a drill that was told of it.
func TestMetricsTable(t *testing.T) {
	d := synth.Priced(synth.Resilient)
	for _, kind := range record.PeopleMarks() {
		d.Mark(kind, synth.SurgeTo, "")
	}
	card := synth.Judge(t, d.Log())
	seen := map[string]bool{}
	for _, m := range measure.Metrics() {
		if seen[m.Name] {
			t.Errorf("%s stands twice in the table", m.Name)
		}
		seen[m.Name] = true
		if m.Doc == "" || !strings.HasSuffix(m.Doc, ".") || m.Better != "low" && m.Better != "high" {
			t.Errorf("%s: doc %q, better %q", m.Name, m.Doc, m.Better)
		}
		found := false
		for _, on := range card.Metrics {
			found = found || on.Name == m.Name && on.Unit == m.Unit
		}
		if !found {
			t.Errorf("%s is on no card", m.Name)
		}
	}
}
