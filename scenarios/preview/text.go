package preview

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

func writeText(to io.Writer, p Preview, o Options) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "%s", p.Name)
	if p.Title != "" {
		fmt.Fprintf(w, ": %s", p.Title)
	}
	fmt.Fprintf(w, "\nseed %d, %s, %d requests, %d in the fullest second\n\n", p.Seed, span(p.Length.Duration()), p.Requests, p.Peak)
	gantt(w, p, o)
	phases(w, p)
	lengths(w, p)
	steps(w, p)
	bars(w, p)
	if len(p.Stops) > 0 {
		fmt.Fprintf(w, "\nStopped by\n  %s\n", strings.Join(p.Stops, "\n  "))
	}
	if len(p.Env) > 0 {
		fmt.Fprintf(w, "\nThe app finds the mocks by\n")
		for _, v := range p.Env {
			fmt.Fprintf(w, "  %s\n", v)
		}
	}
	return w.Flush()
}

// gantt draws the timeline: a line for each fault, as high as its share at each
// moment.
func gantt(w io.Writer, p Preview, o Options) {
	label := len("requests")
	for _, f := range p.Faults {
		label = max(label, utf8.RuneCountInString(f.Kind)+2)
	}
	columns := max(20, min(o.Width, 160)-label-1)
	fmt.Fprintf(w, "%*s %s\n", -label, "", ruler(p, columns))
	if len(p.Load) > 0 {
		fmt.Fprintf(w, "%*s %s\n", -label, "requests", crowd(p.Load, columns, o))
	}
	provider := ""
	for _, f := range byProvider(p.Faults) {
		if f.Provider != provider {
			provider = f.Provider
			fmt.Fprintln(w, provider)
		}
		line := shape(f, p.Length.Duration(), columns, o)
		if o.Color {
			line = "\x1b[31m" + line + "\x1b[0m"
		}
		fmt.Fprintf(w, "  %*s %s\n", 2-label, f.Kind, line)
		fmt.Fprintf(w, "%*s   %s\n", -label, "", strings.TrimLeft(strings.TrimPrefix(f.Says, f.Kind)+"; "+met(f), ",; "))
	}
	if overlapping(p.Faults) {
		fmt.Fprintln(w, "\nA share is of those requests that no fault above it took.")
	}
}

// overlapping says whether faults take requests of one provider at the same time.
func overlapping(all []Fault) bool {
	for i, f := range all {
		if slices.ContainsFunc(all[:i], func(b Fault) bool {
			return b.Hits != nil && f.Hits != nil && b.Provider == f.Provider && b.From < f.To && f.From < b.To
		}) {
			return true
		}
	}
	return false
}

// byProvider puts those of one provider together, in the order in which providers
// come first.
func byProvider(all []Fault) []Fault {
	first := map[string]int{}
	for i, f := range all {
		if _, there := first[f.Provider]; !there {
			first[f.Provider] = i
		}
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b Fault) int { return cmp.Compare(first[a.Provider], first[b.Provider]) })
	return sorted
}

// ruler names the phases where they begin; a name that has no room is cut short.
func ruler(p Preview, columns int) string {
	line := []rune(strings.Repeat(" ", columns))
	for _, phase := range p.Phases {
		from, to := column(phase.From.Duration(), p.Length.Duration(), columns), column(phase.To.Duration(), p.Length.Duration(), columns)
		for i, r := range []rune("|" + phase.Name) {
			if from+i < to {
				line[from+i] = r
			}
		}
	}
	return strings.TrimRight(string(line), " ")
}

func column(t, length time.Duration, columns int) int {
	return int(int64(columns) * int64(t) / int64(length))
}

// shape is a fault's share at each column: the most at three moments of it, so
// that short cycles show.
func shape(f Fault, length time.Duration, columns int, o Options) string {
	var b strings.Builder
	for c := range columns {
		share := 0.0
		for third := range 3 {
			at := time.Duration(int64(length) * int64(3*c+third) / int64(3*columns))
			share = max(share, f.window.ShareAt(at))
		}
		b.WriteRune(o.level(share))
	}
	return b.String()
}

// crowd is how many requests are due at each column, by the most at any.
func crowd(load []int, columns int, o Options) string {
	most := max(1, slices.Max(load))
	var b strings.Builder
	for c := range columns {
		from := c * len(load) / columns
		here := slices.Max(load[from:max(from+1, (c+1)*len(load)/columns)])
		b.WriteRune(o.level(float64(here) / float64(most)))
	}
	return b.String()
}

// level draws a share of 0 to 1; what is more than nothing shows.
func (o Options) level(share float64) rune {
	levels := []rune("·▁▂▃▄▅▆▇█")
	if o.ASCII {
		levels = []rune(".:-=+*%#@")
	}
	at := int(share*float64(len(levels)-1) + 0.5)
	if share > 0 {
		at = max(1, at)
	}
	return levels[at]
}

// met says how many requests meet a fault.
func met(f Fault) string {
	switch {
	case f.Hits == nil:
		return fmt.Sprintf("%d requests are due meanwhile", f.Due)
	case f.AtMost:
		return fmt.Sprintf("at most %d of %d", *f.Hits, f.Due)
	}
	return fmt.Sprintf("%d of %d", *f.Hits, f.Due)
}

func phases(w io.Writer, p Preview) {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	known := slices.ContainsFunc(p.Phases, func(ph Phase) bool { return ph.Par != nil })
	fmt.Fprint(t, "phase\tfrom\tto\trequests")
	if known {
		fmt.Fprint(t, "\tbest availability\tTTFT p95\tfailover")
	}
	fmt.Fprintln(t)
	for _, ph := range p.Phases {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d", ph.Name, span(ph.From.Duration()), span(ph.To.Duration()), ph.Requests)
		if known {
			fmt.Fprintf(t, "\t%s", strings.Join(best(ph), "\t"))
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // into a buffer
}

// best is what the best of all clients would make of a phase: availability, time to
// the first token, and failover; "" where there is none.
func best(ph Phase) []string {
	values := []string{"", "", ""}
	if ph.Par == nil || ph.Requests == 0 {
		return values
	}
	values[0] = schema.FormatShare(ph.Par.Availability)
	if s := ph.Par.TTFTP95; s != nil {
		values[1] = span(s.Duration())
	}
	if s := ph.Par.FailoverTime; s != nil {
		values[2] = span(s.Duration())
	}
	return values
}

func bars(w io.Writer, p Preview) {
	if len(p.Bars) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "bar\ton\trequests\tneeds\tcan prove")
	for _, b := range p.Bars {
		needs, proves := "any", ""
		if b.Needs > 0 {
			needs = fmt.Sprint(b.Needs)
		}
		if b.Needs > b.Requests {
			needs += ": too few"
		}
		if b.Proves > 0 {
			proves = b.Op + " " + schema.FormatShare(float64(int(b.Proves*10000))/10000)
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%s\t%s\n", b.Says, b.On, b.Requests, needs, proves)
	}
	_ = t.Flush()
}

func span(d time.Duration) string { return schema.FormatDuration(d.Round(time.Millisecond)) }
