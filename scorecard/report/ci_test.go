package report_test

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// What Prometheus is given keeps to its rules for names and units.
func TestOpenMetrics(t *testing.T) {
	for name, card := range map[string]*scorecard.Card{"naive": naive(), "resilient": resilient(), "infested": infested()} {
		text := string(rendered(t, "openmetrics", card, report.Options{}))
		if !strings.HasSuffix(text, "\n# EOF\n") {
			t.Errorf("%s: it does not end as OpenMetrics does", name)
		}
		problems, err := promlint.New(strings.NewReader(strings.TrimSuffix(text, "# EOF\n"))).Lint()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, p := range problems {
			t.Errorf("%s: %s: %s", name, p.Metric, p.Text)
		}
	}
}

// A run's page has five annotations at most, whatever was missed, and none that the
// app wrote.
func TestAnnotations(t *testing.T) {
	card := naive()
	card.Sentence = "it said\n::error title=mine::%0A"
	for range 3 {
		card.Bars = append(card.Bars, card.Bars...)
	}
	got := string(rendered(t, "github", card, report.Options{}))
	if n := strings.Count(got, "\n"); n != 5 {
		t.Errorf("%d annotations:\n%s", n, got)
	}
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "::error title=") && !strings.HasPrefix(line, "::notice title=") {
			t.Errorf("not an annotation: %s", line)
		}
	}
	if !strings.Contains(got, "it said ::error title=mine::%250A") {
		t.Errorf("the sentence is not as it was:\n%s", got)
	}
}

// A summary is never more than there is room for, and whole parts of the card.
func TestSummaryFits(t *testing.T) {
	card := naive()
	whole := string(rendered(t, "md", card, report.Options{}))
	if got := report.Summary(card, len(whole)); got != whole {
		t.Error("a card that fits is not whole")
	}
	last := len(whole)
	for _, room := range []int{len(whole) - 1, 500, 10, -5} {
		got := report.Summary(card, room)
		if len(got) > max(room, 0) || !strings.HasPrefix(whole, got) || len(got) > last {
			t.Errorf("room for %d: %d bytes", room, len(got))
		}
		last = len(got)
	}
	if report.Summary(card, len(whole)-1) == "" {
		t.Error("where the card does not fit, nothing of it is shown")
	}
}

// Badges are what their readers read: XML, and the endpoint's JSON.
func TestBadges(t *testing.T) {
	for name, card := range map[string]*scorecard.Card{"naive": naive(), "resilient": resilient(), "infested": infested()} {
		card.Grade = "<A>"
		if err := xml.Unmarshal([]byte(string(rendered(t, "badge", card, report.Options{}))), new(struct{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var endpoint struct {
			SchemaVersion         int
			Label, Message, Color string
		}
		if err := json.Unmarshal([]byte(string(rendered(t, "badge-json", card, report.Options{}))), &endpoint); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if endpoint.SchemaVersion != 1 || endpoint.Message == "" || endpoint.Color == "" {
			t.Errorf("%s: %+v", name, endpoint)
		}
		if passed := endpoint.Color == "brightgreen"; passed != (card.Verdict == scorecard.Pass) {
			t.Errorf("%s: %v is %s", name, card.Verdict, endpoint.Color)
		}
	}
}
