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
