// Package trace reads recorded traffic: when each request came, and how long its
// prompt and its answer were. What was said in them is in no trace, and is not
// needed.
//
// Start at [Read], which knows the formats of [Formats] by their first line:
//
//	t, problems := trace.Read(file)
//	for _, r := range t.Requests {
//		fmt.Println(r.At, r.In, r.Out)
//	}
//
// Times are relative to the first request, and in order: logs are often written as
// requests end, so a line that comes too late is put in its place, and counted.
package trace

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// Bounds of a trace. What is larger is for tools that need no log of each request.
const (
	MaxBytes    = 64 << 20
	MaxRequests = 500_000
	maxLine     = 1 << 20 // some have hashes of each block of a prompt
	maxProblems = 10
	maxSpan     = 400 * 24 * time.Hour
)

// Request is one recorded request.
type Request struct {
	At            time.Duration // since the first of the trace, in whole microseconds
	length.Tokens               // 0: not said, as of one that failed
	Journey       string        // whose it is; "": not said
}

// Trace is recorded traffic.
type Trace struct {
	Format   string    // the name of a row of [Formats]
	Requests []Request // by time
	Late     int       // so many stood behind one that came after them
}

// Lasts is how long after the first request the last one came.
func (t Trace) Lasts() time.Duration {
	if len(t.Requests) == 0 {
		return 0
	}
	return t.Requests[len(t.Requests)-1].At
}

// Problem is something that keeps a trace from being read.
type Problem struct {
	Line int // from 1
	Text string
	Hint string // "": none
}

// Read reads a trace. It is of use when there are no problems; of many it tells the
// first ten.
func Read(r io.Reader) (Trace, []Problem) {
	all := reading{from: &io.LimitedReader{R: r, N: MaxBytes + 1}}
	all.read()
	if len(all.problems) > 0 {
		return Trace{}, all.problems
	}
	if len(all.Requests) == 0 {
		return Trace{}, []Problem{{Line: 1, Text: "no request in it", Hint: hintFormats()}}
	}
	all.settle()
	return all.Trace, all.problems
}

// reading is a trace being read. Until it is settled its times are since anything.
type reading struct {
	Trace
	from     *io.LimitedReader
	problems []Problem
	of       func(line string) (Request, error) // nil: the first line is still to come
}

func (t *reading) read() {
	lines := bufio.NewScanner(t.from)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" {
			continue
		}
		if t.of == nil {
			isHead, ok := t.open(line)
			if !ok {
				t.refuse(n, fmt.Sprintf("the first line is %q; allowed: that of a format of traces", short(line)), hintFormats())
				return
			}
			if isHead {
				continue
			}
		}
		if len(t.Requests) == MaxRequests {
			t.refuse(n, fmt.Sprintf("more than %d requests", MaxRequests), "cut out the part that the drill is to replay")
			return
		}
		r, err := t.of(line)
		if err != nil {
			t.refuse(n, err.Error(), "")
			if len(t.problems) == maxProblems {
				return
			}
			continue
		}
		t.Requests = append(t.Requests, r)
	}
	switch err := lines.Err(); {
	case t.from.N <= 0:
		t.refuse(n, fmt.Sprintf("more than %d MiB", MaxBytes>>20), "cut out the part that the drill is to replay")
	case errors.Is(err, bufio.ErrTooLong):
		t.refuse(n+1, fmt.Sprintf("a line of more than %d MiB", maxLine>>20), "")
	case err != nil:
		t.refuse(n+1, err.Error(), "")
	}
}

func (t *reading) refuse(line int, text, hint string) {
	t.problems = append(t.problems, Problem{line, text, hint})
}

// open finds the format that a first line is of, and whether it is no request but
// names the columns.
func (t *reading) open(first string) (isHead, ok bool) {
	for _, f := range Formats() {
		if t.of = f.open(first); t.of != nil {
			t.Format = f.Name
			return !strings.HasPrefix(first, "{"), true
		}
	}
	return false, false
}

// settle puts the requests in order and counts from the first.
func (t *reading) settle() {
	last := t.Requests[0].At
	for _, r := range t.Requests {
		if r.At < last {
			t.Late++
		}
		last = max(last, r.At)
	}
	slices.SortStableFunc(t.Requests, func(a, b Request) int { return cmp.Compare(a.At, b.At) })
	first := t.Requests[0].At
	for i := range t.Requests {
		t.Requests[i].At = (t.Requests[i].At - first).Truncate(pace.Tick)
	}
	if lasts := t.Lasts(); lasts > maxSpan || lasts < 0 {
		t.refuse(1, "the last request is more than a year after the first", "one of the times is wrong, or in another unit")
	}
}

// hintFormats tells what a trace looks like.
func hintFormats() string {
	var all []string
	for _, f := range Formats() {
		all = append(all, f.Example)
	}
	return "a trace begins with one of: " + strings.Join(all, " or ")
}

// short is a piece of input for a message.
func short(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
