package faults_test

import (
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
)

func TestShareAt(t *testing.T) {
	const s = time.Second
	steady := faults.Share{From: 0.4, To: 0.4}
	easing := faults.Share{From: 0.8, To: 0}
	rising := faults.Share{From: 0.5, To: 0.5, Rise: 10 * s}
	both := faults.Share{From: 1, To: 0.5, Rise: 10 * s}
	for _, c := range []struct {
		share faults.Share
		at    time.Duration
		want  float64
	}{
		{steady, 10*s - 1, 0},
		{steady, 10 * s, 0.4},
		{steady, 30*s - 1, 0.4},
		{steady, 30 * s, 0},
		{easing, 10 * s, 0.8},
		{easing, 15 * s, 0.6},
		{easing, 25 * s, 0.2},
		{rising, 10 * s, 0},
		{rising, 12 * s, 0.1},
		{rising, 20 * s, 0.5},
		{rising, 29 * s, 0.5},
		{both, 15 * s, 0.5},
		{both, 20 * s, 1},
		{both, 25 * s, 0.75},
	} {
		w := faults.Window{Fault: &faults.Fault{Share: c.share}, From: 10 * s, To: 30 * s}
		if got := w.ShareAt(c.at); got < c.want-1e-9 || got > c.want+1e-9 {
			t.Errorf("%+v at %v: %v, want %v", c.share, c.at, got, c.want)
		}
	}
}

// TestCuts has the kinds that no connection survives; others work on connections
// too and let open ones carry, late or not.
func TestCuts(t *testing.T) {
	for _, kind := range faults.Kinds() {
		w := faults.Window{Fault: &faults.Fault{Kind: kind.Name}}
		if want := kind.Name == "refuse" || kind.Name == "blackhole"; w.Cuts() != want {
			t.Errorf("%s cuts connections: %v", kind.Name, w.Cuts())
		}
	}
}

func TestAtString(t *testing.T) {
	for _, c := range []struct {
		at   faults.At
		want string
	}{
		{faults.At{Place: faults.AtHeaders}, "headers"},
		{faults.At{Place: faults.AtFirstToken}, "first token"},
		{faults.At{Place: faults.AtToken, Token: 12}, "token 12"},
		{faults.At{Place: faults.AtShare, Share: 0.07}, "7%"},
		{faults.At{Place: faults.AtShare, Share: 0.125}, "12.5%"},
		{faults.At{Place: faults.AtFinish}, "finish"},
		{faults.At{Place: faults.AtTerminator}, "terminator"},
	} {
		if got := c.at.String(); got != c.want {
			t.Errorf("%#v: %q, want %q", c.at, got, c.want)
		}
	}
}
