package scenarios

import (
	"os"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Annotate writes a scenario as [Load] resolves it, in YAML that loads to a plan of
// the same hash, with comments: behind each line the file and line that it is from,
// and what the scenario leaves to defaults. It is nil where Load gives no plan; the
// error says that something of it has no words in YAML.
func Annotate(path string, opts Options) ([]byte, error) {
	if opts.Lookup == nil {
		opts.Lookup = os.LookupEnv
	}
	l := loader{opts: opts, files: files{opts.FS}, problems: new(yamltree.Problems)}
	plan := l.load(path)
	if plan == nil {
		return nil, nil
	}
	left := schema.Defaults(KeyTable(), l.root)
	addDefaults(left, l.root, plan)
	text, err := yamltree.Annotate(l.root, left)
	if err != nil {
		return nil, err
	}
	const head = "# The scenario as it would be played: behind each line the file and line that it is\n# from, and what is left to defaults.\n"
	return append([]byte(head), text...), nil
}

// addDefaults adds those that no row of the table has.
func addDefaults(left map[*yamltree.Node][]yamltree.Default, root *yamltree.Node, plan *Plan) {
	if plan.DefaultBars {
		var bars []string
		for _, bar := range plan.Bars {
			on := " in every phase with a fault"
			if bar.Phase != "" {
				on = " in " + bar.Phase
			}
			if bar.Last > 0 {
				on = " in the last " + show(bar.Last.Duration()) + " of " + bar.Phase
			}
			bars = append(bars, said(bar)+on)
		}
		left[root] = append(left[root], yamltree.Default{Key: "bars", Value: strings.Join(bars, ", ")})
	}
	for _, p := range plan.Providers {
		if n := root.Get("providers").Get(p.Name); n != nil && !p.Given {
			left[n] = append(left[n], yamltree.Default{Key: "listen", Value: p.Listen})
		}
	}
}
