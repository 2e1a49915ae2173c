package plain_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"two\nlines\tand a\rreturn": "two lines and a return",
		"\x1b[31mred\x1b[0m":        `\u001b[31mred\u001b[0m`,
		"\u202egnihton\u200b":       `\u202egnihton\u200b`,
		"\U000e0041tag":             `\U000e0041tag`,
		"broken \xff":               "broken \ufffd",
		"naïve — 日本":                "naïve — 日本",
		"para\u2029graph":           `para\u2029graph`,
	} {
		if got := plain.Text(in); got != want {
			t.Errorf("%q is shown as %q, want %q", in, got, want)
		}
	}
}

func TestTextIsBounded(t *testing.T) {
	for _, unit := range []string{"x", "日", "\xff", "\x00"} {
		got := plain.Text(strings.Repeat(unit, 10<<20))
		if n := len([]rune(got)); n > 400*6+1 || !strings.HasSuffix(got, "…") {
			t.Errorf("10 Mi of %q: %d runes, ends with %q", unit, n, got[len(got)-8:])
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		s       string
		columns int
		want    string
	}{{"primary", 7, "primary"}, {"primary", 5, "prim…"}, {"日本語", 5, "日本…"}, {"primary", 0, ""}} {
		if got := plain.Fit(c.s, c.columns); got != c.want || plain.Width(got) > c.columns {
			t.Errorf("%q in %d columns is %q, want %q", c.s, c.columns, got, c.want)
		}
	}
}

func TestASCII(t *testing.T) {
	for in, want := range map[string]string{
		"✗ FAIL  19.8 % ≥ 65 %":  "x FAIL  19.8 % >= 65 %",
		"3.69 × · > 31.9 s – 40": "3.69 x - > 31.9 s - 40",
		"▁▂▃▄▅▆▇█░":              ".:-=+*%#.",
		"日本":                     "??",
	} {
		got := plain.ASCII(in)
		if got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
		if strings.IndexFunc(got, func(r rune) bool { return r > unicode.MaxASCII }) >= 0 {
			t.Errorf("%q is no ASCII", got)
		}
	}
}
