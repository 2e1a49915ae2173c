package words

import (
	"math"
	"strconv"
	"strings"
)

// Figure writes a value for people, with as many digits as help and its unit:
// "4.2 s", "350 ms", "97.3 %", "3.9 ×", "1,204". Units are those of metrics; any
// other is written after the number. A share is never rounded to the 0 % or the
// 100 % that it is not.
func Figure(value float64, unit string) string {
	switch {
	case math.IsNaN(value) || math.IsInf(value, 0):
		return "unknown"
	case unit == "s":
		return inSeconds(value)
	case unit == "share":
		return Percent(value)
	case unit == "x":
		return Decimals(value, 2) + " ×"
	case unit == "count" || unit == "":
		return Count(value)
	}
	return Decimals(value, 2) + " " + unit
}

// inSeconds writes seconds, those below one as milliseconds.
func inSeconds(s float64) string {
	abs := math.Abs(s)
	switch {
	case s == 0:
		return "0 s"
	case abs < 0.01:
		return Decimals(s*1000, 1) + " ms"
	case abs < 0.9995:
		return Decimals(s*1000, 0) + " ms"
	case abs < 10:
		return Decimals(s, 2) + " s"
	case abs < 100:
		return Decimals(s, 1) + " s"
	}
	return Count(math.Round(s)) + " s"
}

// Percent writes a share.
func Percent(share float64) string {
	p := share * 100
	switch {
	case p > 0 && p < 0.01:
		return "< 0.01 %"
	case p > 99.99 && p < 100-1e-9:
		return "> 99.99 %"
	case p < 1 || (p > 99 && p < 100):
		return Decimals(p, 2) + " %"
	}
	return Decimals(p, 1) + " %"
}

// Count writes a number with commas between thousands.
func Count(v float64) string {
	s := Decimals(v, 2)
	sign, digits := "", s
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	digits, rest, dot := strings.Cut(digits, ".")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if dot {
		rest = "." + rest
	}
	return sign + digits + rest
}

// Decimals writes v with at most n decimals and no zeros at the end.
func Decimals(v float64, n int) string {
	s := strconv.FormatFloat(v, 'f', n, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// LongSpan writes seconds as [Figure] does, from two minutes on as minutes:
// "20 min", "2 min 5 s".
func LongSpan(s float64) string {
	const minute = 60
	if !(s >= 2*minute && s < 1e9) {
		return Figure(s, "s")
	}
	minutes, rest := int(s)/minute, int(s)%minute
	if rest == 0 {
		return strconv.Itoa(minutes) + " min"
	}
	return strconv.Itoa(minutes) + " min " + strconv.Itoa(rest) + " s"
}
