package scenarios_test

import (
	"io/fs"
	"os"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/preview"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

// FuzzLoad loads anything: it never panics, every problem has its place and its
// words, and what has no problem is a plan that can be played, and again.
func FuzzLoad(f *testing.F) {
	testdata := os.DirFS("testdata")
	for _, dir := range []string{"ok", "bad", "unwise"} {
		for _, file := range pairs(f, dir) {
			text, err := fs.ReadFile(testdata, file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Add(drill)
	f.Fuzz(func(t *testing.T, text string) {
		plan, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": text, "base.yaml": drill})
		failed := false
		for _, d := range problems {
			checkPlace(t, d)
			failed = failed || d.Severity == scenarios.Error
		}
		printed(t, problems)
		if (plan == nil) != failed {
			t.Fatalf("plan %v, problems %v", plan, problems)
		}
		if plan != nil {
			checkPlan(t, plan)
			checkAnnotated(t, plan, text)
			checkDraws(t, plan)
		}
	})
}

// checkAnnotated checks that what is written of a plan, with where it is from, is the
// same plan.
func checkAnnotated(t *testing.T, plan *scenarios.Plan, text string) {
	t.Helper()
	files := fstest.MapFS{"x.yaml": {Data: []byte(text)}, "base.yaml": {Data: []byte(drill)}}
	annotated, err := scenarios.Annotate("x.yaml", scenarios.Options{FS: files, Lookup: environment})
	if err != nil {
		t.Fatal(err)
	}
	if again, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": string(annotated)}); again == nil || again.Hash != plan.Hash {
		t.Errorf("another drill: %v\n%s", problems, annotated)
	}
}

// checkDraws has every request of a plan that is not too long drawn.
func checkDraws(t *testing.T, plan *scenarios.Plan) {
	t.Helper()
	all := 0.0
	for _, j := range plan.Journeys {
		all += plan.Requests(j)
	}
	if all > 5000 {
		return
	}
	requests := 0
	p := preview.Of(plan, nil)
	for _, ph := range p.Phases {
		requests += ph.Requests
	}
	if requests != p.Requests {
		t.Errorf("%d requests in phases, %d in all", requests, p.Requests)
	}
	for _, f := range p.Faults {
		if f.Hits != nil && *f.Hits > f.Due {
			t.Errorf("%d requests of %d meet %s", *f.Hits, f.Due, f.Kind)
		}
	}
}

// checkPlan checks what whoever plays a plan relies on.
func checkPlan(t *testing.T, plan *scenarios.Plan) {
	t.Helper()
	if plan.Name == "" || len(plan.Hash) != 64 || plan.Target == "" || len(plan.Providers) == 0 || len(plan.Journeys) == 0 || len(plan.Bars) == 0 || plan.InFlight < 1 {
		t.Errorf("incomplete: %+v", plan)
	}
	at := plan.Phases[0].From
	for _, p := range plan.Phases {
		if p.From != at || p.To <= p.From {
			t.Errorf("phase %s from %s to %s, after %s", p.Name, p.From, p.To, at)
		}
		at = p.To
	}
	if at != plan.Length || at <= 0 {
		t.Errorf("%s of phases in a drill of %s", at, plan.Length)
	}
	for _, w := range plan.Windows {
		if w.From >= w.To || w.From < 0 || w.To > plan.Length || len(w.Fault.Check()) > 0 {
			t.Errorf("a window from %s to %s: %+v", w.From, w.To, w.Fault)
		}
	}
	for _, p := range plan.Providers {
		if err := p.Spec.Validate(); err != nil {
			t.Errorf("provider %s: %v", p.Name, err)
		}
	}
	for _, j := range plan.Journeys {
		checkJourney(t, j)
	}
	again, problems := loadFiles(scenarios.Options{}, map[string]string{"x.yaml": string(plan.Resolved)})
	if again == nil {
		t.Fatalf("what it resolved to is refused: %v\n%s", problems, plan.Resolved)
	}
	if diff := cmp.Diff(plan, again); diff != "" {
		t.Errorf("what it resolved to is another drill: %s", diff)
	}
}

func checkJourney(t *testing.T, j traffic.Journey) {
	t.Helper()
	if j.Rate <= 0 || j.Timeout <= 0 || j.Priority == "" || j.Arrival == "" {
		t.Errorf("incomplete: %+v", j)
	}
	if err := j.Check(); err != nil {
		t.Errorf("journey: %v", err)
	}
	if err := j.Answer.Check(); err != nil {
		t.Errorf("answer: %v", err)
	}
	for _, m := range []*reply.Matcher{j.Degraded, j.Restart} {
		if m == nil {
			continue
		}
		if err := m.Check(); err != nil {
			t.Errorf("matcher: %v", err)
		}
	}
}

// BenchmarkLoad loads and plans the largest shipped scenarios.
func BenchmarkLoad(b *testing.B) {
	for _, name := range []string{"ai-brownout", "quarterly", "retry-storm"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if plan, problems := scenarios.Load(name, scenarios.Options{HaveApp: true}); plan == nil {
					b.Fatal(problems)
				}
			}
		})
	}
}
