package faults_test

import (
	"fmt"
	"maps"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// targeted is a window that takes all requests, of a fault after a change.
func targeted(kind string, change func(*faults.Fault)) faults.Window {
	w := window("it", kind, 1)
	change(w.Fault)
	return w
}

func TestMatchKeys(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		name   string
		match  faults.Match
		fits   []string // headers
		others [][]string
	}{
		{"tools", faults.Match{HasTools: &yes}, []string{"X-Tools", "y"}, [][]string{nil}},
		{"no tools", faults.Match{HasTools: &no}, nil, [][]string{{"X-Tools", "y"}}},
		{"attachment", faults.Match{HasAttachment: &yes}, []string{"X-Attachment", "y"}, [][]string{nil, {"X-Tools", "y"}}},
		{"key", faults.Match{APIKey: "sk-a"}, []string{"X-Key", "sk-a"}, [][]string{nil, {"X-Key", "sk-ab"}}},
		{"region", faults.Match{Region: "us"}, []string{"X-Region", "us"}, [][]string{nil, {"X-Region", "eu"}}},
		{"tier", faults.Match{ServiceTier: "flex"}, []string{"X-Tier", "flex"}, [][]string{nil, {"X-Tier", "auto"}}},
		{"user", faults.Match{User: "ada"}, []string{"X-User", "ada"}, [][]string{nil, {"X-User", "bob"}}},
		{"session", faults.Match{Session: "chat-1"}, []string{"X-Session", "chat-1"}, [][]string{nil, {"X-Session", "chat-12"}}},
		{
			"two",
			faults.Match{User: "ada", HasTools: &yes},
			[]string{"X-User", "ada", "X-Tools", "y"},
			[][]string{{"X-User", "ada"}, {"X-Tools", "y"}},
		},
	} {
		in, hits := injector(7, targeted("rate_limit", func(f *faults.Fault) { f.Match = c.match }))
		if get(in, "chat", c.fits...); len(*hits) != 1 {
			t.Errorf("%s: what fits is not hit", c.name)
		}
		for _, other := range c.others {
			if get(in, "chat", other...); len(*hits) != 1 {
				t.Errorf("%s: hits %q too", c.name, other)
			}
		}
	}
}

func TestMatchMinPromptTokens(t *testing.T) {
	in, hits := injector(7, targeted("rate_limit", func(f *faults.Fault) { f.Match.MinPromptTokens = 1 }))
	if get(in, "chat"); len(*hits) != 0 {
		t.Error("a prompt that is too short is hit")
	}
}

// TestFirst: the first attempts of each user fail and no later one; of requests
// without a nonce the first of all.
func TestFirst(t *testing.T) {
	in, hits := injector(7, targeted("rate_limit", func(f *faults.Fault) { f.First = 2 }))
	for _, user := range []string{"", "lofimake", "rarami"} {
		var got []int
		for range 4 {
			got = append(got, get(in, "chat", "X-Nonce", user))
		}
		if diff := cmp.Diff([]int{429, 429, 200, 200}, got); diff != "" {
			t.Errorf("user %q (-want +got):\n%s", user, diff)
		}
	}
	if len(*hits) != 6 {
		t.Errorf("%d hits, want 6", len(*hits))
	}
}

// TestCycle: bad, well, bad, well, to the edge of the window.
func TestCycle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, _ := injector(7, targeted("rate_limit", func(f *faults.Fault) { f.Cycle = faults.Cycle{Bad: 5 * time.Second, OK: 3 * time.Second} }))
		for _, c := range []struct {
			at   time.Duration
			want int
		}{
			{0, 429},
			{5*time.Second - 1, 429},
			{5 * time.Second, 200},
			{8*time.Second - 1, 200},
			{8 * time.Second, 429},
			{13 * time.Second, 200},
			{59*time.Minute + 55*time.Second, 429},
			{time.Hour, 200},
		} {
			time.Sleep(c.at - time.Duration(time.Now().UnixNano()-start))
			if got := get(in, "chat"); got != c.want {
				t.Errorf("after %v: %d, want %d", c.at, got, c.want)
			}
		}
	})
}

// start is when bubbles begin.
const start = 946684800_000_000_000

// TestSticky: whoever is hit once is hit always, and a share of the users is hit.
func TestSticky(t *testing.T) {
	for sticky, header := range map[string]string{"key": "X-Key", "user": "X-User", "session": "X-Session"} {
		w := window("it", "rate_limit", 0.3)
		w.Fault.Sticky = sticky
		in, hits := injector(7, w)
		const users, requests = 2000, 5
		unlucky := map[string]int{}
		for n := range requests {
			for i := range users {
				who := fmt.Sprint("someone", i)
				if get(in, "chat", "X-Nonce", nonce(n*users+i), header, who) == http.StatusTooManyRequests {
					unlucky[who]++
				}
			}
		}
		for who, n := range unlucky {
			if n != requests {
				t.Fatalf("sticky: %s: %s is hit %d times of %d", sticky, who, n, requests)
			}
		}
		checkShare(t, "sticky: "+sticky, len(unlucky), users, 0.3)
		if len(*hits) != requests*len(unlucky) {
			t.Errorf("sticky: %s: %d hits of %d users", sticky, len(*hits), len(unlucky))
		}
	}
}

// TestStickySessionOfANonce: a nonce without a session is its own, so that a retry
// cannot be luckier.
func TestStickySessionOfANonce(t *testing.T) {
	w := window("it", "rate_limit", 0.5)
	w.Fault.Sticky = faults.StickySession
	in, _ := injector(7, w)
	for i := range 200 {
		first, second := get(in, "chat", "X-Nonce", nonce(i)), get(in, "chat", "X-Nonce", nonce(i))
		if first != second {
			t.Fatalf("%s: %d and then %d", nonce(i), first, second)
		}
	}
}

// TestStickyToNobody: those who have no user draw each for itself.
func TestStickyToNobody(t *testing.T) {
	w := window("it", "rate_limit", 0.3)
	w.Fault.Sticky = faults.StickyUser
	in, hits := injector(7, w)
	for i := range 2000 {
		get(in, "chat", "X-Nonce", nonce(i))
	}
	checkShare(t, "nobody", len(*hits), 2000, 0.3)
}

// checkShare fails outside the 99.9 % interval of the binomial distribution, as
// the normal one has it.
func checkShare(t *testing.T, what string, hit, of int, share float64) {
	t.Helper()
	want, room := share*float64(of), 3.29*math.Sqrt(float64(of)*share*(1-share))
	if d := math.Abs(float64(hit) - want); d > room {
		t.Errorf("%s: %d of %d are hit, want %.0f ± %.0f", what, hit, of, want, room)
	}
}

// TestDrawShared: behind one edge the same attempts fail at both providers; with
// draws of their own they do not.
func TestDrawShared(t *testing.T) {
	fates := func(provider, draw string) map[string]bool {
		w := window("it", "rate_limit", 0.4)
		w.Fault.Providers, w.Fault.Draw, w.Provider = []string{"a", "b"}, draw, provider
		in, _ := injector(7, w)
		unlucky := map[string]bool{}
		for i := range 500 {
			for attempt := range 2 {
				if get(in, "chat", "X-Nonce", nonce(i)) == http.StatusTooManyRequests {
					unlucky[fmt.Sprint(i, "#", attempt)] = true
				}
			}
		}
		return unlucky
	}
	if a, b := fates("a", faults.DrawShared), fates("b", faults.DrawShared); !maps.Equal(a, b) {
		t.Error("shared draws differ")
	}
	for _, each := range []string{"", faults.DrawEach} {
		if a, b := fates("a", each), fates("b", each); maps.Equal(a, b) {
			t.Errorf("draw %q: both providers have the same luck", each)
		}
	}
}

// TestChoosingLeavesDrawsAlone: first, cycle and match choose among the requests;
// who draws keeps the luck that it had without them.
func TestChoosingLeavesDrawsAlone(t *testing.T) {
	plain := fates(window("a", "rate_limit", 0.4))
	chosen := window("a", "rate_limit", 0.4)
	chosen.Fault.First, chosen.Fault.Cycle = 1, faults.Cycle{Bad: time.Hour, OK: time.Second}
	for user, got := range fates(chosen) {
		want := plain[user]
		if user[len(user)-1] == '2' { // the second attempt
			want = ""
		}
		if got != want {
			t.Fatalf("%s: hit by %q, want %q", user, got, want)
		}
	}
}

// TestLoad: what is left at each moment, with nothing said to requests.
func TestLoad(t *testing.T) {
	start := time.Now()
	capacity, limits := window("c", "capacity", 1), window("l", "limits", 1)
	capacity.Fault.Params = faults.Params{"concurrency": 0.25, "queue": 0.5}
	limits.Fault.Params = faults.Params{"requests": 0.2}
	limits.Fault.Cycle = faults.Cycle{Bad: time.Second, OK: time.Second}
	again := limits
	var left func(time.Time) faults.Left
	told := 0
	in := faults.New(http.HandlerFunc(yes), plain{}, faults.Options{Load: func(f func(time.Time) faults.Left) { left, told = f, told+1 }})
	in.Play(start, []faults.Window{capacity, limits, again, window("r", "rate_limit", 1)})
	for at, want := range map[time.Duration]faults.Left{
		-1:                           {1, 1, 1, 1},
		0:                            {0.04, 1, 0.25, 0.5},
		1500 * time.Millisecond:      {1, 1, 0.25, 0.5},
		time.Hour - 1:                {1, 1, 0.25, 0.5},
		time.Hour:                    {1, 1, 1, 1},
		59*time.Minute + time.Second: {1, 1, 0.25, 0.5},
	} {
		if diff := cmp.Diff(want, left(start.Add(at)), cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })); diff != "" {
			t.Errorf("at %v (-want +got):\n%s", at, diff)
		}
	}
	if in.Play(start, nil); left != nil || told != 2 {
		t.Errorf("healed: told %d times, left something: %v", told, left != nil)
	}
}
