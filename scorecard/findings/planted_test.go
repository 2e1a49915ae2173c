package findings_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scorecard/internal/synth"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// Every planted trait is found and nothing else, and with its opposite nothing is.
func TestPlanted(t *testing.T) {
	for _, p := range synth.PlantedApps() {
		t.Run(p.Name, func(t *testing.T) {
			want := append([]string{}, p.Want...)
			card := synth.Judge(t, p.Drill().Play(p.App))
			if diff := cmp.Diff(want, synth.Codes(card)); diff != "" {
				t.Errorf("findings (-planted +found):\n%s", diff)
				for _, f := range card.Findings {
					t.Log(f.Code, f.Sentence)
				}
			}
			if got := synth.Codes(synth.Judge(t, p.Drill().Play(p.Opposite))); len(got) > 0 {
				t.Errorf("with the opposite of the trait it found %v", got)
			}
		})
	}
}

func TestAppDied(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Fault("surge", "primary", "server_error", 1)
	const died = 60.0
	d.Play(func(q *synth.Ask) {
		if q.Due < died {
			synth.Breaker(q)
			return
		}
		q.U.How, q.U.Error = "refused", "connection refused"
	})
	d.Mark("app_died", died, "signal: killed")
	card := synth.Judge(t, d.Log())
	if diff := cmp.Diff([]string{"app_died"}, synth.Codes(card)); diff != "" {
		t.Error(diff)
	}
	const want = "the app died at 60 s (signal: killed); 150 requests after that went unserved"
	if got := card.Findings[0].Sentence; got != want {
		t.Errorf("sentence %q, want %q", got, want)
	}
}

func TestLeftTheDrill(t *testing.T) {
	for name, c := range map[string]struct {
		calls []record.Mark
		want  string
	}{
		"never": {},
		"once":  {[]record.Mark{{At: synth.Secs(20), Note: "api.openai.com (set X)"}}, "first at 20 s, and was refused: 1 × api.openai.com (set X)"},
		"often": {
			[]record.Mark{
				{At: synth.Secs(31), Note: "api.openai.com (set X)", Count: 2000},
				{At: synth.Secs(30), Note: "api.openai.com (set X)"},
				{At: synth.Secs(12), Note: "openrouter.ai (set X)", Count: 7},
			},
			"first at 12 s, and was refused: 2,001 × api.openai.com (set X), 7 × openrouter.ai (set X)",
		},
	} {
		d := synth.New("calm 15", "surge 30", "after 30")
		d.Fault("surge", "primary", "server_error", 1)
		d.Play(synth.Breaker)
		for _, m := range c.calls {
			m.Kind = "egress"
			d.Lines = append(d.Lines, record.Line{T: m.At, Kind: "mark", Mark: &m})
		}
		card := synth.Judge(t, d.Log())
		if c.want == "" {
			if len(card.Findings) > 0 {
				t.Errorf("%s: found %v", name, synth.Codes(card))
			}
			continue
		}
		if diff := cmp.Diff([]string{"left_the_drill"}, synth.Codes(card)); diff != "" {
			t.Error(name, diff)
			continue
		}
		want := "the app called real providers past the mocks, " + c.want
		if got := card.Findings[0].Sentence; got != want {
			t.Errorf("%s: sentence %q, want %q", name, got, want)
		}
	}
}

func TestSingleProvider(t *testing.T) {
	d := synth.New("calm 15", "surge 30", "after 30")
	d.Setup.Providers = d.Setup.Providers[:1]
	d.Fault("surge", "primary", "server_error", 0.5)
	if diff := cmp.Diff([]string{"single_provider"}, synth.Codes(synth.Judge(t, d.Play(synth.PrimaryOnly)))); diff != "" {
		t.Error(diff)
	}
}
