package library_test

import (
	"slices"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/library"
)

// TestShipped checks every shipped scenario: it names roles alone, is without a
// single problem or warning, and is what the list says of it.
func TestShipped(t *testing.T) {
	list := library.List()
	if len(list) == 0 {
		t.Fatal("nothing is shipped")
	}
	for _, e := range list {
		plan, problems := scenarios.Load(e.Name, scenarios.Options{HaveApp: true})
		if plan == nil || len(problems) > 0 {
			t.Errorf("%s: %v", e.Name, problems)
			continue
		}
		if plan.Name != e.Name {
			t.Errorf("the file of %s says name: %s", e.Name, plan.Name)
		}
		if plan.Title != e.Title || plan.About != e.About || plan.Length != e.Length || !slices.Equal(plan.Sources, e.Sources) {
			t.Errorf("%s: the list says %+v", e.Name, e)
		}
		if e.Title == "" || e.About == "" || len(e.Sources) == 0 {
			t.Errorf("%s: without title, about or sources", e.Name)
		}
		if plan.Target != "" || plan.App != nil || plan.DefaultBars {
			t.Errorf("%s: it names an app, or no bars", e.Name)
		}
		for _, p := range plan.Providers {
			if p.Given || !slices.Contains([]string{"primary", "secondary", "tertiary"}, p.Name) {
				t.Errorf("%s: %s is no role", e.Name, p.Name)
			}
		}
	}
}

func TestRead(t *testing.T) {
	for _, name := range library.Names() {
		if text, ok := library.Read(name); !ok || len(text) == 0 {
			t.Errorf("%s cannot be read", name)
		}
	}
	for _, name := range []string{"nobody", "../library", "", "ai-brownout.drill.yaml"} {
		if _, ok := library.Read(name); ok {
			t.Errorf("%q was read", name)
		}
	}
}
