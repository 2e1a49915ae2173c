package faults_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// set is a transport fault on every connection for the first hour, with a setting.
func set(kind, name string, value any) []faults.Window {
	w := transport(kind, 1, 0, time.Hour)
	w.Fault.Params = faults.Params{name: value}
	return []faults.Window{w}
}

// TestTowardsTheClient: what the kinds that are about bytes and ends do to what a
// provider sends, and when.
func TestTowardsTheClient(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name    string
		windows []faults.Window
		send    map[time.Duration]string
		end     time.Duration
		want    []string
	}{
		{
			"bandwidth", set("bandwidth", "bytes_per_second", 40),
			map[time.Duration]string{0: "abcdef", 50 * ms: "gh"},
			60 * ms,
			[]string{"50ms ab", "100ms cd", "150ms ef", "200ms gh", "200ms end"},
		},
		{
			"bandwidth to spare", set("bandwidth", "bytes_per_second", 4000),
			map[time.Duration]string{0: "abcd", 50 * ms: "gh"},
			60 * ms,
			[]string{"1ms abcd", "50.5ms gh", "60ms end"},
		},
		{
			"limit_data within a chunk", set("limit_data", "bytes", 5),
			map[time.Duration]string{0: "abc", 10 * ms: "defg"},
			time.Hour,
			[]string{"0s abc", "10ms de", "10ms end"},
		},
		{
			"limit_data not reached", set("limit_data", "bytes", 7),
			map[time.Duration]string{0: "abc", 10 * ms: "defg"},
			20 * ms,
			[]string{"0s abc", "10ms defg", "20ms end"},
		},
		{
			"slow_close", set("slow_close", "delay", 3*time.Second),
			map[time.Duration]string{0: "abc"},
			20 * ms,
			[]string{"0s abc", "3.02s end"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				wire := faults.NewWire(7)
				wire.Play(start, c.windows)
				up, down := wire.Connect()
				answer := collect(start, down)
				for _, at := range []time.Duration{0, 10 * ms, 50 * ms} {
					if text := c.send[at]; text != "" {
						time.Sleep(time.Until(start.Add(at)))
						down.Send(text)
					}
				}
				if c.end < time.Hour {
					time.Sleep(time.Until(start.Add(c.end)))
					down.End()
				}
				<-answer.done
				if c.end == time.Hour { // the provider hears of it when the client's side ends
					down.End()
				}
				if diff := cmp.Diff(c.want, answer.got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				up.End()
				wire.Wait()
			})
		})
	}
}

// TestTrickleEndsWithTheClient: nobody waits for bytes that nobody will read.
func TestTrickleEndsWithTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wire := faults.NewWire(7)
		wire.Play(time.Now(), set("bandwidth", "bytes_per_second", 1))
		up, down := wire.Connect()
		answer := collect(time.Now(), down)
		down.Send(strings.Repeat("x", 10_000))
		time.Sleep(2500 * time.Millisecond)
		up.End() // the client leaves
		down.End()
		<-answer.done
		if diff := cmp.Diff([]string{"1s x", "2s x", "2.5s end"}, answer.got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		wire.Wait()
	})
}
