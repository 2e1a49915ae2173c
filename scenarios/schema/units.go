package schema

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// errNoUnit says that a number stands where a number with a unit is meant.
var errNoUnit = errors.New("a number without its unit")

// errForm says that a text is not written as its type is.
var errForm = errors.New("not written so")

var (
	bare     = regexp.MustCompile(`^[+-]?[0-9][0-9_]*(\.[0-9]+)?$`)
	duration = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`)
	decimal  = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)
)

// ParseDuration reads 350ms, 5s, 1.5s, 1m30s, 2h. Units are always written.
func ParseDuration(s string) (time.Duration, error) {
	if bare.MatchString(s) {
		return 0, errNoUnit
	}
	if !duration.MatchString(s) {
		return 0, errForm
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, errForm // beyond 290 years
	}
	return d, nil
}

// ParseShare reads 40% or 0.5% as 0.4 or 0.005. More than 100% is the
// bounds' to refuse.
func ParseShare(s string) (float64, error) {
	if bare.MatchString(s) {
		return 0, errNoUnit
	}
	number, ok := strings.CutSuffix(s, "%")
	if !ok || !decimal.MatchString(number) {
		return 0, errForm
	}
	// Dividing the text and not the number keeps 99.9% the nearest to 0.999.
	f, err := strconv.ParseFloat(number+"e-2", 64)
	if err != nil {
		return 0, errForm
	}
	return f, nil
}

// ParseRate reads 20/s or 600/min as requests per second.
func ParseRate(s string) (float64, error) {
	if bare.MatchString(s) {
		return 0, errNoUnit
	}
	number, unit, _ := strings.Cut(s, "/")
	per := map[string]float64{"s": 1, "min": 60}[unit]
	if per == 0 || !decimal.MatchString(number) {
		return 0, errForm
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0, errForm
	}
	return f / per, nil
}

// Par is a threshold that is told by its distance from par, which only the plan as
// a whole has: the best that any client could reach.
type Par struct {
	Share float64       // of a ParShare: −0.02 is two points below
	Span  time.Duration // of a ParSpan
}

// orPar makes of a parser one that also reads par, par - X and par + X. What it
// gives is either the parser's or a [Par].
func orPar[T time.Duration | float64](parse func(string) (T, error)) func(string) (any, error) {
	return func(s string) (any, error) {
		rest, ok := strings.CutPrefix(s, "par")
		if !ok {
			return parse(s)
		}
		rest = strings.TrimSpace(rest)
		if rest == "" {
			return Par{}, nil
		}
		sign, rest := T(1), strings.TrimSpace(rest)
		if rest[0] != '+' && rest[0] != '-' {
			return nil, errForm
		}
		if rest[0] == '-' {
			sign = -1
		}
		v, err := parse(strings.TrimSpace(rest[1:]))
		if err != nil {
			return nil, err
		}
		switch v := any(sign * v).(type) {
		case float64:
			return Par{Share: v}, nil
		case time.Duration:
			return Par{Span: v}, nil
		}
		return nil, errForm
	}
}

// FormatDuration writes a span as a file would: 1m30s, 350ms.
func FormatDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// FormatShare writes a share as a file would: 12.5%.
func FormatShare(f float64) string {
	return strconv.FormatFloat(f*100, 'g', 6, 64) + "%"
}
