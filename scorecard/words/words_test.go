package words_test

import (
	"math"
	"testing"

	"github.com/seed-76a9de92/brownout/scorecard/words"
)

func TestFigure(t *testing.T) {
	for _, c := range []struct {
		v    float64
		unit string
		want string
	}{
		{0, "s", "0 s"},
		{0.0042, "s", "4.2 ms"},
		{0.35, "s", "350 ms"},
		{0.9996, "s", "1 s"},
		{4.2, "s", "4.2 s"},
		{5.04, "s", "5.04 s"},
		{53.96, "s", "54 s"},
		{1234.4, "s", "1,234 s"},
		{0.122, "share", "12.2 %"},
		{0.9, "share", "90 %"},
		{0.9996, "share", "99.96 %"},
		{0.99999, "share", "> 99.99 %"},
		{1, "share", "100 %"},
		{0, "share", "0 %"},
		{0.00001, "share", "< 0.01 %"},
		{3.92, "x", "3.92 ×"},
		{1234567, "count", "1,234,567"},
		{-1234, "count", "-1,234"},
		{math.NaN(), "s", "unknown"},
		{math.Inf(1), "share", "unknown"},
	} {
		if got := words.Figure(c.v, c.unit); got != c.want {
			t.Errorf("Figure(%v, %q) = %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}
