package faults_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// transport is a window of a transport fault that takes a share of the
// connections to the provider under test.
func transport(kind string, share float64, from, to time.Duration) faults.Window {
	return faults.Window{
		Fault: &faults.Fault{
			Key:    "outage/" + kind,
			Kind:   kind,
			Share:  faults.Share{From: share, To: share},
			Params: faults.Params{"delay": 300 * time.Millisecond},
		},
		Provider: "primary",
		From:     from,
		To:       to,
	}
}

// arrivals notes what comes through, and when, until the end.
type arrivals struct {
	got  []string
	done chan struct{}
}

func collect(start time.Time, w *faults.Way) *arrivals {
	a := &arrivals{done: make(chan struct{})}
	go func() {
		defer close(a.done)
		for {
			text, ok := w.Receive()
			if !ok {
				a.got = append(a.got, fmt.Sprintf("%v end", time.Since(start)))
				return
			}
			a.got = append(a.got, fmt.Sprintf("%v %s", time.Since(start), text))
		}
	}()
	return a
}

// sendAt sends "0", "1", … when they are due, and then the end.
func sendAt(w *faults.Way, start time.Time, due ...time.Duration) {
	for i, d := range due {
		time.Sleep(time.Until(start.Add(d)))
		w.Send(fmt.Sprint(i))
	}
	w.End()
}

func TestLatency(t *testing.T) {
	const ms = time.Millisecond
	tests := []struct {
		name    string
		windows []faults.Window
		due     []time.Duration
		want    []string
	}{
		{
			"no windows",
			nil,
			[]time.Duration{0, 0, 5 * ms},
			[]string{"0s 0", "0s 1", "5ms 2", "5ms end"},
		},
		{
			"a burst waits once",
			[]faults.Window{transport("latency", 1, 0, time.Hour)},
			[]time.Duration{0, 0, 0, 100 * ms, 200 * ms, 900 * ms},
			[]string{"300ms 0", "300ms 1", "300ms 2", "400ms 3", "500ms 4", "1.2s 5", "1.2s end"},
		},
		{
			"order stays when the window closes",
			[]faults.Window{transport("latency", 1, 50*ms, 200*ms)},
			[]time.Duration{0, 50 * ms, 199 * ms, 200 * ms, 600 * ms},
			[]string{"0s 0", "350ms 1", "499ms 2", "499ms 3", "600ms 4", "600ms end"},
		},
		{
			"share of none",
			[]faults.Window{transport("latency", 0, 0, time.Hour)},
			[]time.Duration{0},
			[]string{"0s 0", "0s end"},
		},
		{
			"the first in the file takes the connection",
			[]faults.Window{transport("latency", 1, 0, time.Hour), transport("blackhole", 1, 0, time.Hour)},
			[]time.Duration{0},
			[]string{"300ms 0", "300ms end"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				wire := faults.NewWire(7)
				wire.Play(start, tt.windows)
				up, down := wire.Connect()

				answer := collect(start, down)
				sendAt(down, start, tt.due...)
				<-answer.done
				if diff := cmp.Diff(tt.want, answer.got); diff != "" {
					t.Errorf("towards the client (-want +got):\n%s", diff)
				}
				up.End()
				wire.Wait()
			})
		})
	}
}

func TestLatencyLeavesRequestsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wire := faults.NewWire(7)
		wire.Play(start, []faults.Window{transport("latency", 1, 0, time.Hour)})
		up, down := wire.Connect()
		request := collect(start, up)
		sendAt(up, start, 0, 10*time.Millisecond)
		<-request.done
		if diff := cmp.Diff([]string{"0s 0", "10ms 1", "10ms end"}, request.got); diff != "" {
			t.Errorf("towards the provider (-want +got):\n%s", diff)
		}
		down.End()
		wire.Wait()
	})
}

// TestLatencyKeepsThroughput sends a stream that is ten delays long: it ends one
// delay late, and nothing is lost or overtaken.
func TestLatencyKeepsThroughput(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wire := faults.NewWire(7)
		wire.Play(start, []faults.Window{transport("latency", 1, 0, time.Hour)})
		up, down := wire.Connect()
		answer := collect(start, down)
		var due []time.Duration
		var want []string
		for i := range 3000 {
			at := time.Duration(i) * time.Millisecond
			due = append(due, at)
			want = append(want, fmt.Sprintf("%v %d", at+300*time.Millisecond, i))
		}
		want = append(want, "3.299s end")
		sendAt(down, start, due...)
		<-answer.done
		if diff := cmp.Diff(want, answer.got); diff != "" {
			t.Errorf("towards the client (-want +got):\n%s", diff)
		}
		up.End()
		wire.Wait()
	})
}

// TestBlackhole follows three connections: one that was idle in the window, one
// that lost a request in it, one opened after it.
func TestBlackhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wire := faults.NewWire(7)
		wire.Play(start, []faults.Window{transport("blackhole", 1, time.Second, 2*time.Second)})

		idleUp, idleDown := wire.Connect()
		hitUp, hitDown := wire.Connect()
		idle, hit := collect(start, idleUp), collect(start, hitUp)
		hitAnswer := collect(start, hitDown)
		hitUp.Send("before")
		hitDown.Send("before")
		time.Sleep(time.Second)
		hitUp.Send("in the window")
		hitDown.Send("in the window")
		time.Sleep(time.Second)
		hitUp.Send("after")
		hitDown.Send("after")
		hitDown.End() // the provider gives up: the client must not hear of it
		idleUp.Send("after")
		newUp, newDown := wire.Connect()
		opened := collect(start, newUp)
		newUp.Send("after")
		synctest.Wait()
		if diff := cmp.Diff([]string{"0s before"}, hitAnswer.got); diff != "" {
			t.Errorf("towards the client that was hit (-want +got):\n%s", diff)
		}

		time.Sleep(time.Second)
		for _, w := range []*faults.Way{idleUp, hitUp, newUp, idleDown, newDown} {
			w.End()
		}
		wire.Wait()
		<-idle.done
		<-hit.done
		<-opened.done
		<-hitAnswer.done
		got := [][]string{idle.got, hit.got, hitAnswer.got, opened.got}
		want := [][]string{{"2s after", "3s end"}, {"0s before", "3s end"}, {"0s before", "3s end"}, {"2s after", "3s end"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("idle, hit, its answer, opened after (-want +got):\n%s", diff)
		}
	})
}

// TestBlackholeTakesWhatIsUnderWay has an answer late by 300 ms when the window
// opens.
func TestBlackholeTakesWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wire := faults.NewWire(7)
		wire.Play(start, []faults.Window{
			transport("latency", 1, 0, time.Second),
			transport("blackhole", 1, time.Second, 2*time.Second),
		})
		up, down := wire.Connect()
		answer := collect(start, down)
		sendAt(down, start, 600*time.Millisecond, 800*time.Millisecond)
		time.Sleep(time.Hour)
		up.End()
		<-answer.done
		if diff := cmp.Diff([]string{"900ms 0", "1h0m0.8s end"}, answer.got); diff != "" {
			t.Errorf("towards the client (-want +got):\n%s", diff)
		}
		wire.Wait()
	})
}

// TestShareOfConnections checks that the n-th connection draws for itself, the
// same in every run, and that a share which grows takes more and spares nobody
// whom it had.
func TestShareOfConnections(t *testing.T) {
	const connections = 400
	window := transport("blackhole", 0.3, 0, time.Minute)
	hit := func(t *testing.T, share float64) (got []int) {
		synctest.Test(t, func(t *testing.T) {
			wire := faults.NewWire(7)
			w := window
			f := *window.Fault
			f.Share = faults.Share{From: share, To: share}
			w.Fault = &f
			wire.Play(time.Now(), []faults.Window{w})
			for n := 1; n <= connections; n++ {
				up, down := wire.Connect()
				request := collect(time.Now(), up)
				up.Send("x")
				synctest.Wait()
				if len(request.got) == 0 {
					got = append(got, n)
				}
				up.End()
				down.End()
			}
			wire.Wait()
		})
		return got
	}

	var want []int
	for n := 1; n <= connections; n++ {
		if window.Draw(7, "", n) < 0.3 {
			want = append(want, n)
		}
	}
	got := hit(t, 0.3)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("connections hit at 30%% (-want +got):\n%s", diff)
	}
	if len(got) < connections/5 || len(got) > connections*2/5 {
		t.Errorf("30%% took %d of %d connections", len(got), connections)
	}
	more := map[int]bool{}
	for _, n := range hit(t, 0.6) {
		more[n] = true
	}
	for _, n := range got {
		if !more[n] {
			t.Errorf("connection %d is hit at 30%% and spared at 60%%", n)
		}
	}
}

// TestNothingIsLeft ends connections in the ways that leave a direction with
// nobody to read from it. The bubble fails when a goroutine remains.
func TestNothingIsLeft(t *testing.T) {
	late := []faults.Window{transport("latency", 1, 0, time.Hour)}
	dead := []faults.Window{transport("blackhole", 1, 0, time.Hour)}
	tests := []struct {
		name    string
		windows []faults.Window
		play    func(wire *faults.Wire, up, down *faults.Way)
	}{
		{"the client's writer has failed", nil, func(_ *faults.Wire, up, down *faults.Way) {
			down.Send("to nobody")
			down.Send("to nobody")
			synctest.Wait()
			up.End() // toxiproxy has closed the client's connection
			synctest.Wait()
			down.End()
		}},
		{"the client leaves while an answer is late", late, func(_ *faults.Wire, up, down *faults.Way) {
			down.Send("to nobody")
			synctest.Wait()
			up.End()
			down.End()
		}},
		{"the provider's writer has failed", nil, func(_ *faults.Wire, up, down *faults.Way) {
			up.Send("to nobody")
			synctest.Wait()
			down.End()
			synctest.Wait()
			up.End()
		}},
		{"the client leaves a dead connection", dead, func(_ *faults.Wire, up, down *faults.Way) {
			up.Send("swallowed")
			synctest.Wait()
			down.End()
			synctest.Wait()
			up.End()
		}},
		{"the proxy stops with both writers gone", nil, func(wire *faults.Wire, up, down *faults.Way) {
			up.Send("to nobody")
			down.Send("to nobody")
			synctest.Wait()
			wire.Stop()
			up.End()
			down.End()
		}},
		{"the proxy stops while an answer is late", late, func(wire *faults.Wire, up, down *faults.Way) {
			down.Send("to nobody")
			synctest.Wait()
			wire.Stop()
			up.End()
			down.End()
		}},
		{"the proxy stops with a dead connection", dead, func(wire *faults.Wire, up, down *faults.Way) {
			up.Send("swallowed")
			down.End()
			synctest.Wait()
			wire.Stop()
			up.End()
		}},
		// Should toxiproxy forget to close a connection when it stops, its writers
		// do so at the end of what they are to write.
		{"the proxy stops and readers go on", nil, func(wire *faults.Wire, up, down *faults.Way) {
			wire.Stop()
			up.Receive()
			down.Receive()
			for range 3000 {
				up.Send("late")
				down.Send("late")
			}
			up.End()
			down.End()
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				wire := faults.NewWire(7)
				wire.Play(start, tt.windows)
				up, down := wire.Connect()
				tt.play(wire, up, down)
				wire.Wait()
				if took := time.Since(start); took != 0 {
					t.Errorf("it took %v to end, want it at once", took)
				}
				if _, ok := up.Receive(); ok {
					t.Error("something came through to the provider after the end")
				}
				if _, ok := down.Receive(); ok {
					t.Error("something came through to the client after the end")
				}
			})
		})
	}
}

// TestInterrupt stops the toxics as toxiproxy does to change a live chain.
func TestInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		wire := faults.NewWire(7)
		wire.Play(start, []faults.Window{transport("latency", 1, 0, time.Hour)})
		up, down := wire.Connect()
		answer := collect(start, down)
		down.Send("in hand")
		synctest.Wait()
		if !down.Interrupt(func() { down.Send("meanwhile") }) {
			t.Error("the live direction could not be interrupted")
		}
		if !up.Interrupt(func() {}) {
			t.Error("the idle direction could not be interrupted")
		}
		down.End()
		<-answer.done
		if diff := cmp.Diff([]string{"300ms in hand", "600ms meanwhile", "600ms end"}, answer.got); diff != "" {
			t.Errorf("towards the client (-want +got):\n%s", diff)
		}
		up.End()
		wire.Wait()
		if down.Interrupt(func() {}) {
			t.Error("a direction that has ended could be interrupted")
		}
	})
}
