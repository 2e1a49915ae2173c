package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-76a9de92/brownout/scorecard/account"
	"github.com/seed-76a9de92/brownout/scorecard/chart"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// series gives a curve of one value per step.
func series(group, name string, values ...float64) account.Series {
	s := account.Series{Group: group, Name: name}
	for _, v := range values {
		s.Values = append(s.Values, &v)
	}
	return s
}

// wellFormed reads XML to its end and counts its elements.
func wellFormed(t *testing.T, raw string) map[string]int {
	t.Helper()
	elements := map[string]int{}
	d := xml.NewDecoder(strings.NewReader("<page>" + raw + "</page>"))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return elements
		}
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if start, ok := token.(xml.StartElement); ok {
			elements[start.Name.Local]++
		}
	}
}

func drawn(t *testing.T, d chart.Drill) string {
	t.Helper()
	timeline := chart.TimelineOf(d, "t", 1040)
	if timeline == nil {
		t.Fatal("nothing is drawn")
	}
	var b strings.Builder
	if err := timeline.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A live page has a timeline and a length, and nothing else yet.
func TestATimelineAloneIsDrawn(t *testing.T) {
	got := drawn(t, chart.Drill{Length: 4, Timeline: account.Timeline{StepS: 1, Series: []account.Series{
		series("outcome", "good", 5, 5, 1, 0), series("outcome", "error", 0, 0, 4, 5),
	}}})
	wellFormed(t, got)
	for _, want := range []string{`class="b-good"`, `class="b-error"`, ">outcomes<"} {
		if !strings.Contains(got, want) {
			t.Errorf("the drawing lacks %s:\n%s", want, got)
		}
	}
}

// A fault that comes and goes is drawn as often as it is there; one whose rhythm
// no eye could follow, as one.
func TestRhythmIsDrawn(t *testing.T) {
	window := record.Window{Kind: "server_error", Provider: "primary", Start: seconds(10), End: seconds(50), ShareFrom: 1, ShareTo: 1}
	for bad, want := range map[float64]int{0: 1, 5: 5, 0.01: 1} {
		w := window
		if bad > 0 {
			w.Bad, w.OK = seconds(bad), seconds(bad*3/5)
		}
		d := chart.Drill{Length: 60, Providers: []string{"primary"}, Windows: []record.Window{w}}
		if got := wellFormed(t, drawn(t, d))["polygon"]; got != want {
			t.Errorf("5 s in 8 s at %v s: %d polygons, want %d", bad, got, want)
		}
	}
}

// The table has a row for each step and a column for each thing that was drawn.
func TestTablesHaveTheDrawingsFigures(t *testing.T) {
	d := chart.Drill{
		Length:  4,
		Windows: []record.Window{{Kind: "slow", Provider: "primary", End: seconds(4), ShareFrom: 0.4, ShareTo: 0.1, Rise: seconds(1), Bad: seconds(2), OK: seconds(1)}},
		Timeline: account.Timeline{StepS: 2, Series: []account.Series{
			series("outcome", "good", 5, 3), series("outcome", "error", 0, 2), series("answered", "primary", 5, 3),
			series("arrivals", "primary", 5, 9), series("quantile", "ttft_p95", 0.4, 2), series("attempts", "per_request", 1, 1.8),
		}},
	}
	var got [][]string
	for _, table := range d.Tables() {
		got = append(append(got, table.Head), table.Rows...)
	}
	want := [][]string{
		{"fault", "from", "to", "share"},
		{"primary: slow", "0 s", "4 s", "40 % → 10 %, rising for 1 s, 2 s bad and 1 s well in turn"},
		{"from", "good", "error", "answered by primary", "attempts at primary", "attempts per request", "first token p95"},
		{"0 s", "5", "0", "5", "5", "1 ×", "400 ms"},
		{"2 s", "3", "2", "3", "9", "1.8 ×", "2 s"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The severity of a moment is that of the worst fault then, ramps and pauses told.
func TestSeverity(t *testing.T) {
	d := chart.Drill{Windows: []record.Window{
		{Start: seconds(1), End: seconds(5), ShareFrom: 0.8, ShareTo: 0.8, Rise: seconds(2)},
		{Start: seconds(4), End: seconds(8), ShareFrom: 0.9, ShareTo: 0.9, Bad: seconds(1), OK: seconds(1)},
	}}
	want := []float64{0, 0.2, 0.6, 0.8, 0.9, 0, 0.9, 0, 0, 0}
	if diff := cmp.Diff(want, d.Severity(1, 10), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADrillOfNoLengthIsNotDrawn(t *testing.T) {
	if got := chart.TimelineOf(chart.Drill{}, "t", 1040); got != nil {
		t.Errorf("drew %+v", got)
	}
}

func TestAWaterfallHasARowForEachAttempt(t *testing.T) {
	latency := 2.5
	r := account.Request{N: 7, DueS: 10, LatencyS: &latency, Outcome: "error"}
	for i := range 3 {
		at := 10 + float64(i)/2
		r.Attempts = append(r.Attempts, account.Try{Provider: "primary", ArrivedS: at, EndedS: at + 0.4, Status: 503})
	}
	w := chart.WaterfallOf(r)
	if got := len(w.Rows); got != 4 {
		t.Errorf("%d rows, want the user's and three", got)
	}
	if want := "request 7: error after 2.5 s, 3 attempts upstream"; w.Label != want {
		t.Errorf("label %q, want %q", w.Label, want)
	}
}

func seconds(s float64) record.Seconds { return record.Of(time.Duration(s * 1e9)) }

// Names come from a scenario, and events tell what an app did.
func TestADrawingEscapesNames(t *testing.T) {
	const evil = "</svg><script>x</script>\x1b[31m\u202e\xff"
	got := drawn(t, chart.Drill{
		Length: 4, Providers: []string{evil},
		Phases:  []record.Phase{{Name: evil, End: seconds(4)}},
		Windows: []record.Window{{Kind: evil, Provider: evil, End: seconds(4), ShareFrom: 1, ShareTo: 1}},
		Events:  []account.Event{{AtS: 1, Text: evil}},
	})
	if n := wellFormed(t, got)["script"]; n > 0 {
		t.Errorf("%d scripts got in", n)
	}
	for _, bad := range []string{"\x1b", "\u202e"} {
		if strings.Contains(got, bad) {
			t.Errorf("the drawing holds %q", bad)
		}
	}
}

// A text of the app's own that owns up to nothing is not drawn as one that does; and
// each band has a colour of its own in the style sheet, light and dark.
func TestBandsAreToldApart(t *testing.T) {
	if band := chart.BandOf("unverified"); band == chart.BandOf("degraded") || band == chart.BandOf("good") {
		t.Errorf("what nothing is known of is drawn as %s", band)
	}
	for _, b := range chart.Bands() {
		if name := "--" + b.Name; strings.Count(string(chart.CSS()), name+":#") != 2 || !strings.Contains(string(chart.CSS()), "var("+name+")") {
			t.Errorf("the style sheet has no two colours for %s", b.Name)
		}
	}
}
