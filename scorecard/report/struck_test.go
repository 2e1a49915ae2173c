package report_test

import (
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// The page tells of the connections that a fault had, in a table of their own and in
// the timeline; where there were none it has neither.
func TestStruckConnectionsAreShown(t *testing.T) {
	for kind, shown := range map[string]bool{"blackhole": true, "server_error": false} {
		card := synth.Judge(t, synth.Surge(kind, 1).Play(synth.Asking(2, 1)))
		page := string(rendered(t, "html", card, report.Options{}))
		for _, part := range []string{
			"<caption>Connections that a fault had",
			`<tr><th scope="row">primary</th><td>surge</td><td>blackhole</td><td class="n">590</td><td class="n">590</td><td class="n">1.93 ×</td></tr>`,
			"attempts lost on the way to primary",
			">lost</text>",
		} {
			if strings.Contains(page, part) != shown {
				t.Errorf("%s: the page has %q: %v, want %v", kind, part, !shown, shown)
			}
		}
	}
}
