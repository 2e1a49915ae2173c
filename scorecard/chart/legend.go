package chart

import (
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// A Sample says what one colour and pattern of a drawing stands for.
type Sample struct{ Name, Class, Fill, Hatch, Label string }

// Legend explains the bands that the drill has, and no others.
func (d Drill) Legend() []Sample {
	var samples []Sample
	stack := StackOf(d.Timeline, 1)
	for _, b := range Bands() {
		if _, ok := stack.Bands[b.Name]; ok {
			samples = append(samples, Sample{b.Name, "b-" + b.Name, b.Fill, pattern(b.Hatch), b.Label})
		}
	}
	return samples
}

// Answerers names the providers in the strips of who answered and who was asked.
func (d Drill) Answerers() []Sample {
	names := d.named()
	slices.SortStableFunc(names, func(a, b string) int {
		return slices.Index(d.Providers, a) - slices.Index(d.Providers, b)
	})
	var samples []Sample
	for _, name := range names {
		b := d.look(name)
		samples = append(samples, Sample{plain.Text(name), b.Name, b.Fill, pattern(b.Hatch), ""})
	}
	return samples
}
