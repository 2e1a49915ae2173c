package trace

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/length"
)

// A Format is a way in which traces are written.
type Format struct {
	Name    string
	Doc     string // one sentence
	Example string // its first line

	// open returns what reads the lines of a trace with this first line; nil where it
	// is none of the format. Times are since anything, but the same for all lines.
	open func(first string) func(line string) (Request, error)
}

// Formats is the table of formats.
func Formats() []Format {
	return []Format{
		{
			Name: "ndjson", Doc: "A JSON object a line, as Mooncake's public traces: timestamp in ms, input_length and output_length in tokens; ours may have a journey. Other keys are left alone.",
			Example: `{"timestamp": 0, "input_length": 300, "output_length": 80}`,
			open: func(first string) func(string) (Request, error) {
				if !strings.HasPrefix(first, "{") {
					return nil
				}
				return object
			},
		},
		{
			Name: "azure", Doc: "The CSV of the Azure LLM inference traces of 2023 and 2024: dates.",
			Example: "TIMESTAMP,ContextTokens,GeneratedTokens",
			open:    table(columns{"TIMESTAMP", "ContextTokens", "GeneratedTokens", date}),
		},
		{
			Name: "burstgpt", Doc: "The CSV of BurstGPT: seconds. A request that failed has no tokens, and is sent all the same.",
			Example: "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type",
			open:    table(columns{"Timestamp", "Request tokens", "Response tokens", func(s string) (time.Duration, error) { return number(s, time.Second) }}),
		},
	}
}

// object reads a line of NDJSON.
func object(line string) (Request, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(line), &keys); err != nil {
		return Request{}, fmt.Errorf("the line is %q; allowed: one JSON object", short(line))
	}
	var r Request
	var err error
	if r.At, err = number(string(keys["timestamp"]), time.Millisecond); err != nil {
		return Request{}, fmt.Errorf("timestamp %w", err)
	}
	if r.In, err = tokens(string(keys["input_length"])); err != nil {
		return Request{}, fmt.Errorf("input_length %w", err)
	}
	if r.Out, err = tokens(string(keys["output_length"])); err != nil {
		return Request{}, fmt.Errorf("output_length %w", err)
	}
	if name, there := keys["journey"]; there && json.Unmarshal(name, &r.Journey) != nil {
		return Request{}, fmt.Errorf("journey is %s; allowed: a journey's name", short(string(name)))
	}
	return r, nil
}

// columns are those of a CSV that say something, with how its times are written.
type columns struct {
	at, in, out string
	when        func(string) (time.Duration, error)
}

// table opens a CSV that has the columns. None of the public ones quotes a value.
func table(c columns) func(first string) func(line string) (Request, error) {
	return func(first string) func(line string) (Request, error) {
		head := values(first)
		at, in, out := slices.Index(head, c.at), slices.Index(head, c.in), slices.Index(head, c.out)
		if at < 0 || in < 0 || out < 0 {
			return nil
		}
		return func(line string) (r Request, err error) {
			row := values(line)
			if len(row) != len(head) {
				return Request{}, fmt.Errorf("%d values; the first line names %d columns", len(row), len(head))
			}
			if r.At, err = c.when(row[at]); err != nil {
				return Request{}, fmt.Errorf("%s %w", c.at, err)
			}
			if r.In, err = tokens(row[in]); err != nil {
				return Request{}, fmt.Errorf("%s %w", c.in, err)
			}
			if r.Out, err = tokens(row[out]); err != nil {
				return Request{}, fmt.Errorf("%s %w", c.out, err)
			}
			return r, nil
		}
	}
}

func values(line string) []string {
	all := strings.Split(line, ",")
	for i, v := range all {
		all[i] = strings.TrimSpace(v)
	}
	return all
}

// number reads a time that is a number of units.
func number(s string, unit time.Duration) (time.Duration, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0) || n > math.MaxInt64/2/float64(unit) {
		return 0, fmt.Errorf("is %s; allowed: a number of %s from 0", found(s), unitName(unit))
	}
	whole, part := math.Modf(n)
	return time.Duration(whole)*unit + time.Duration(math.Round(part*float64(unit)/1000))*time.Microsecond, nil
}

func unitName(unit time.Duration) string {
	if unit == time.Millisecond {
		return "milliseconds"
	}
	return "seconds"
}

// date reads a time as Azure's traces have it, with a zone or without one.
func date(s string) (time.Duration, error) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
			return t.Sub(time.Unix(0, 0)), nil
		}
	}
	return 0, fmt.Errorf("is %s; allowed: a time like 2023-11-16 18:15:46.6805900", found(s))
}

func tokens(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > length.Most {
		return 0, fmt.Errorf("is %s; allowed: a number of tokens from 0 to %d", found(s), length.Most)
	}
	return n, nil
}

// found is a value of the input, or that there is none.
func found(s string) string {
	if s == "" {
		return "missing"
	}
	if strings.HasPrefix(s, `"`) { // a string of JSON
		return short(s)
	}
	return strconv.Quote(short(s))
}

// Write writes requests as NDJSON that [Read] reads: what it says is what was
// understood, so that a trace with prompts in it is not passed on with them.
func Write(requests []Request) []byte {
	var b []byte
	for _, r := range requests {
		b = append(b, `{"timestamp":`...)
		b = strconv.AppendFloat(b, float64(r.At.Microseconds())/1000, 'f', -1, 64)
		b = strconv.AppendInt(append(b, `,"input_length":`...), int64(r.In), 10)
		b = strconv.AppendInt(append(b, `,"output_length":`...), int64(r.Out), 10)
		if r.Journey != "" {
			name, _ := json.Marshal(r.Journey) // no string gives an error
			b = append(append(b, `,"journey":`...), name...)
		}
		b = append(b, "}\n"...)
	}
	return b
}
