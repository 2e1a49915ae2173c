package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/scenarios"
)

// traceFlags say what recorded traffic is replayed.
type traceFlags struct {
	from    string // FILE or JOURNEY=FILE; "": what the scenario says
	speedup speedup
}

func (f *traceFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.from, "traffic", "", "replay the recorded `TRACE`: FILE, or JOURNEY=FILE for one journey (NDJSON, or the CSV of Azure or BurstGPT)")
	flags.Var(&f.speedup, "traffic-speedup", "replay recorded traffic, of --traffic or of the scenario, `FACTOR` times as fast")
}

// speedup is the value of a flag; 0: not given.
type speedup float64

func (s *speedup) Set(text string) error {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= scenarios.LeastSpeedup && n <= scenarios.MostSpeedup) {
		return fmt.Errorf("allowed: %g to %d; 2 is twice as fast, 0.5 half as fast", scenarios.LeastSpeedup, scenarios.MostSpeedup)
	}
	*s = speedup(n)
	return nil
}

func (s *speedup) String() string {
	if *s == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*s), 'g', -1, 64)
}

func (s *speedup) Type() string { return "factor" }
