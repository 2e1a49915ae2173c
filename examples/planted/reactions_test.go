package main_test

import (
	"strings"
	"testing"
)

// deeds is how often the card says that the app reacted so to a signal; "" is any
// signal.
func (p played) deeds(signal, deed string) int {
	n := 0
	for _, row := range p.Reactions {
		for _, did := range row.Did {
			if did.Name == deed && (signal == "" || row.Signal == signal) {
				n += did.N
			}
		}
	}
	return n
}

// sayings are what the app logs when it does something that the reaction table has
// a name for; what ends in _ begins many.
func sayings() map[string][]string {
	return map[string][]string{
		"retried at once":                       {"retry_"},
		"retried after a pause":                 {"retry_"},
		"retried before it was told to":         {"retry_429"},
		"waited as told":                        {"retry_"},
		"went on with another's words":          {"splices"},
		"leaked it to the user":                 {"raw_error", "leaks_key"},
		"answered in its own words, undeclared": {"template_as_answer"},
		"took it for good":                      {"truncated", "takes_refusals", "takes_nonsense", "takes_broken_json", "foreign", "mixes_sessions_up", "stale"},
	}
}

// reactsAsItSays checks that the reaction table has no deed more often than the app
// says that it did it.
func (p played) reactsAsItSays(t *testing.T) {
	t.Helper()
	for deed, words := range sayings() {
		said := 0
		for trait, n := range p.did {
			for _, word := range words {
				if trait == word || strings.HasSuffix(word, "_") && strings.HasPrefix(trait, word) {
					said += n
				}
			}
		}
		if n := p.deeds("", deed); n > said {
			t.Errorf("the reaction table has %q %d times, the app says %d", deed, n, said)
		}
	}
}
