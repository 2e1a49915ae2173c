package ledger

import (
	"strings"

	"github.com/seed-76a9de92/brownout/scorecard/words"
)

// Real endpoints stand behind some providers in place of mocks. Their answers
// carry no proof, so identity is what the provider ledger knows: who gave the
// request a whole answer last. Whether the app's reply is that answer is not known.

// creditReal gives each reply that is a success and carries nothing of ours to
// the real endpoint that gave its request a whole answer last. A reply that owns
// up to being less stays that.
func (l *Ledger) creditReal() {
	real := l.Real()
	if len(real) == 0 {
		return
	}
	for i := range l.Visits {
		v := &l.Visits[i]
		if !v.success() || v.marked || v.Pieces > 0 {
			continue
		}
		for _, k := range l.TriesOf(v) {
			if a := &l.Attempts[k]; a.Whole && real[a.Provider] {
				v.Real, v.Whole, v.From = true, true, a.Provider
			}
		}
	}
}

// Real are the providers that are real endpoints.
func (l *Ledger) Real() map[int32]bool {
	real := map[int32]bool{}
	for _, p := range l.Setup.Providers {
		if p.Upstream != "" {
			real[l.Providers.of(p.Name)] = true
		}
	}
	return real
}

// Unproven says what is not known of a drill with real endpoints, "" without one.
func (l *Ledger) Unproven() string {
	var names []string
	for _, p := range l.Setup.Providers {
		if p.Upstream != "" {
			names = append(names, p.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	verb := words.OneOr(len(names), " is a real endpoint: its", " are real endpoints: their")
	return strings.Join(names, " and ") + verb + " answers carry no proof, so who was served by them is what the provider ledger says, and integrity is not measured"
}
