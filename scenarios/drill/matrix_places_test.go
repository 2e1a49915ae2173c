package drill_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/faults"
)

// TestMatrixPlaces ends a stream of every API at every place, by an error event.
// testdata/matrix/places.txt has the events that a client saw, in order.
func TestMatrixPlaces(t *testing.T) {
	var all strings.Builder
	for _, k := range faults.Kinds() {
		if k.Name != "stream_error" {
			continue // its places are all that there are
		}
		for _, place := range k.Places {
			at := map[string]string{faults.AtToken: "{token: 3}", faults.AtShare: "{share: 50%}"}[place]
			if at == "" {
				at = place
			}
			fmt.Fprintf(&all, "at: %s\n", at)
			for _, c := range performKind(t, k, ", at: "+at) {
				if api, ok := strings.CutSuffix(c.name, " stream"); ok {
					fmt.Fprintf(&all, "  %-18s%s\n", api, outline(c.body))
				}
			}
		}
	}
	t.Log("\n" + all.String())
	hold(t, "places.txt", all.String())
}

// outline names the events of a stream, the same in a row as one.
func outline(body string) string {
	var names []string
	var times []int
	for event := range strings.SplitSeq(strings.ReplaceAll(body, "\r", ""), "\n\n") {
		name := eventName(event)
		switch last := len(names) - 1; {
		case name == "":
		case last >= 0 && names[last] == name:
			times[last]++
		default:
			names, times = append(names, name), append(times, 1)
		}
	}
	for i, n := range times {
		if n > 1 {
			names[i] += fmt.Sprintf(" ×%d", n)
		}
	}
	return strings.Join(names, ", ")
}

// eventName is the name that an event has, or what is in its data.
func eventName(event string) string {
	if name, ok := strings.CutPrefix(event, "event: "); ok {
		name, _, _ = strings.Cut(name, "\n")
		return name
	}
	for _, sign := range []struct{ name, pattern string }{
		{"[DONE]", `^data: \[DONE\]`},
		{"error", `^data: \{\s*"error"`},
		{"finish", `"finish_reason":"|"finishReason": ?"`},
		{"content", `"content":"[^"]|"text": ?"[^"]`},
		{"usage", `"usage":\{`},
		{"other", `.`},
	} {
		if regexp.MustCompile(sign.pattern).MatchString(event) {
			return sign.name
		}
	}
	return ""
}
