package traffic_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/ask"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
)

const ms = time.Millisecond

// The app answers nothing for five seconds. All that was due meanwhile was sent
// meanwhile, and waited for as long as its user did.
func TestScheduleIsKeptWhileTheAppStalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opens := time.Now().Add(5 * time.Second)
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Until(opens))
			io.WriteString(w, "hi")
		})
		journeys := []traffic.Journey{
			{Name: "chat", Rate: 30, Arrival: "poisson", Timeout: 20 * time.Second},
			{Name: "api", Rate: 10, Timeout: 20 * time.Second},
		}
		due := traffic.Schedule(journeys, 7, 8*time.Second)
		s := app.sender(journeys...)
		var want []traffic.Result
		for _, d := range due {
			ended := max(d.At, 5*time.Second)
			want = append(want, traffic.Result{
				Due: d, Sent: d.At, Ended: ended, How: "complete",
				Seen: reply.Seen{First: ended, Status: 200, Bytes: 2, Text: "hi", Body: "hi"},
			})
		}
		if diff := cmp.Diff(want, run(t.Context(), s, due)); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		n := int64(len(due))
		if diff := cmp.Diff(traffic.Counts{Due: n, Sent: n, Ended: n, Good: n}, s.Counts()); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		if p99, largest := s.Lateness(); p99 != 0 || largest != 0 {
			t.Errorf("late by %v, %v; want 0", p99, largest)
		}
	})
}

func TestOverflowComesBackAsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen atomic.Int64
		app := serve(t, func(http.ResponseWriter, *http.Request) {
			seen.Add(1)
			time.Sleep(250 * ms)
		})
		s := app.sender(traffic.Journey{Name: "chat"})
		s.InFlight = 2
		// 0 and 1 are under way until 250 ms and 350 ms: 2 finds the cap reached.
		type row struct {
			At, Sent, Ended time.Duration
			Dropped, How    string
		}
		var got []row
		for _, r := range run(t.Context(), s, every(100*ms, 5)) {
			got = append(got, row{r.At, r.Sent, r.Ended, r.Dropped, r.How})
		}
		want := []row{
			{0, 0, 250 * ms, "", "complete"},
			{100 * ms, 100 * ms, 350 * ms, "", "complete"},
			{200 * ms, -1, -1, "in_flight", ""},
			{300 * ms, 300 * ms, 550 * ms, "", "complete"},
			{400 * ms, 400 * ms, 650 * ms, "", "complete"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(traffic.Counts{Due: 5, Sent: 4, Dropped: 1, Ended: 4, Good: 4}, s.Counts()); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		if seen.Load() != 4 {
			t.Errorf("the app saw %d requests, want 4", seen.Load())
		}
	})
}

func TestStopEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "so far")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		})
		ctx, cancel := context.WithTimeout(t.Context(), 150*ms)
		defer cancel()
		s := app.sender(traffic.Journey{Name: "chat"})
		began := time.Now()
		got := run(ctx, s, every(100*ms, 4))
		if took := time.Since(began); took != 150*ms {
			t.Errorf("returned after %v, want 150ms", took)
		}
		due := every(100*ms, 4)
		partial := traffic.Result{
			Ended: 150 * ms, How: "stopped", Err: context.DeadlineExceeded,
			Seen: reply.Seen{Status: 200, Bytes: 6, Text: "so far", Body: "so far"},
		}
		want := []traffic.Result{partial, partial}
		for i := range want {
			want[i].Due = due[i]
			want[i].Sent, want[i].First = due[i].At, due[i].At
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
			t.Errorf("results (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(traffic.Counts{Due: 2, Sent: 2, Unsent: 2, Ended: 2, Errors: 2}, s.Counts()); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
	})
}

func TestTimeoutCountsFromDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		s := app.sender(traffic.Journey{Name: "chat", Timeout: time.Second})
		s.Fill = func(d traffic.Due) ask.Words {
			time.Sleep(30 * ms) // the sender's own slowness gives no user more time
			return ask.Words{}
		}
		due := every(700*ms, 2)
		got := run(t.Context(), s, due)
		for i, r := range got {
			want := traffic.Result{Due: due[i], Seen: reply.Seen{First: -1}, Sent: r.At + 30*ms, Ended: r.At + time.Second, How: "timeout", Err: context.DeadlineExceeded}
			if diff := cmp.Diff(want, r, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("result %d (-want +got):\n%s", i, diff)
			}
		}
		if p99, largest := s.Lateness(); p99 != 30*ms || largest != 30*ms {
			t.Errorf("late by %v, %v; want 30ms", p99, largest)
		}
	})
}

// A sender that is late takes the time from its own account, not the app's: the
// user waits since the request was due.
func TestTimeoutCountsFromDueWhenSentLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		s := app.sender(traffic.Journey{Name: "chat", Timeout: time.Second})
		s.Run(t.Context(), time.Now().Add(-300*ms), every(0, 1), func(r traffic.Result) {
			if r.Sent != 300*ms || r.Ended != time.Second || r.How != "timeout" {
				t.Errorf("sent at %v, ended %s at %v", r.Sent, r.How, r.Ended)
			}
		})
		if p99, largest := s.Lateness(); p99 != 300*ms || largest != 300*ms {
			t.Errorf("late by %v, %v; want 300ms", p99, largest)
		}
	})
}

// One in a hundred is late by 50 ms, the others by 1 ms: that is what the 99th
// percentile leaves out, and two in a hundred are what it does not.
func TestLatenessPercentile(t *testing.T) {
	for _, test := range []struct {
		late int
		want time.Duration
	}{{1, ms}, {2, 50 * ms}} {
		synctest.Test(t, func(t *testing.T) {
			app := serve(t, func(http.ResponseWriter, *http.Request) {})
			s := app.sender(traffic.Journey{Name: "chat"})
			s.Fill = func(d traffic.Due) ask.Words {
				if d.N < test.late {
					time.Sleep(50 * ms)
				} else {
					time.Sleep(ms)
				}
				return ask.Words{}
			}
			run(t.Context(), s, every(10*ms, 100))
			p99, largest := s.Lateness()
			if p99 < test.want || p99 > test.want+test.want/16 || largest != 50*ms {
				t.Errorf("late by %v, %v with %d late; want %v and at most 1/16 more, 50ms", p99, largest, test.late, test.want)
			}
		})
	}
}

// What is told of a request may be slow to take, as a full disk is; the schedule
// does not wait for it.
func TestSlowLedgerDelaysNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(http.ResponseWriter, *http.Request) { time.Sleep(15 * ms) })
		s := app.sender(traffic.Journey{Name: "chat"})
		s.InFlight = 1
		s.Run(t.Context(), time.Now(), every(10*ms, 20), func(r traffic.Result) {
			if sent := r.N%2 == 0; sent && r.Sent != r.At || !sent && r.Dropped != "in_flight" {
				t.Errorf("request %d was sent at %v, due at %v, dropped %q", r.N, r.Sent, r.At, r.Dropped)
			}
			time.Sleep(time.Second)
		})
	})
}

func TestConnectionsAreReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(25 * ms)
			io.WriteString(w, `{"reply":"hi"}`)
		})
		var dials atomic.Int64
		s := app.sender(traffic.Journey{Name: "chat"})
		s.Dial = counting(s.Dial, &dials)
		due := append(every(ms, 3), []traffic.Due{{N: 3, At: 100 * ms}, {N: 4, At: 101 * ms}, {N: 5, At: 102 * ms}}...)
		run(t.Context(), s, due)
		if n := dials.Load(); n != 3 { // three were under way at a time
			t.Errorf("%d connections, want 3", n)
		}
	})
}

// App servers close a connection that is idle for 2 s. A request must not meet
// one that is just being closed.
func TestIdleConnectionsAreLetGo(t *testing.T) {
	for gap, want := range map[time.Duration]int64{1400 * ms: 1, 1600 * ms: 3} {
		synctest.Test(t, func(t *testing.T) {
			app := serve(t, func(http.ResponseWriter, *http.Request) {})
			var dials atomic.Int64
			s := app.sender(traffic.Journey{Name: "chat"})
			s.Dial = counting(s.Dial, &dials)
			run(t.Context(), s, every(gap, 3))
			if n := dials.Load(); n != want {
				t.Errorf("%d connections with a request every %v, want %d", n, gap, want)
			}
		})
	}
}

// When Run returns, the connections kept for later requests are closed, and so
// are those that were still being made when the drill stopped.
func TestNothingIsLeftAfterRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(http.ResponseWriter, *http.Request) {})
		s := app.sender(traffic.Journey{Name: "chat"})
		var open, dialling atomic.Int64
		s.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if open.Load() == 1 { // the second connection is never made
				dialling.Add(1)
				defer dialling.Add(-1)
				<-ctx.Done()
				return nil, ctx.Err()
			}
			c, err := app.net.Dial(ctx, network, addr)
			open.Add(1)
			return closing{c, sync.OnceFunc(func() { open.Add(-1) })}, err
		}
		ctx, cancel := context.WithCancel(t.Context())
		results := run(ctx, s, []traffic.Due{{N: 0}, {N: 1, At: 10 * ms}})
		synctest.Wait()
		if results[1].How != "complete" || open.Load() != 0 {
			t.Errorf("%s, and %d connections are open", results[1].How, open.Load())
		}
		open.Store(1)
		time.AfterFunc(100*ms, cancel)
		results = run(ctx, s, []traffic.Due{{N: 0}})
		synctest.Wait()
		if results[0].How != "stopped" || dialling.Load() != 0 {
			t.Errorf("%s, and %d connections are being made", results[0].How, dialling.Load())
		}
	})
}

// closing tells when a connection is closed.
type closing struct {
	net.Conn
	told func()
}

func (c closing) Close() error {
	c.told()
	return c.Conn.Close()
}

// A kept connection that the app resets is not quietly replaced by a fresh one:
// the request failed, and the app saw it once.
func TestNoRequestIsSentTwice(t *testing.T) {
	for method, body := range map[string]string{"GET": "", "HEAD": "", "OPTIONS": "", "POST": "x", "PUT": "x"} {
		synctest.Test(t, func(t *testing.T) {
			var seen atomic.Int64
			app := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if seen.Add(1) == 2 {
					c, _, err := w.(http.Hijacker).Hijack()
					if err != nil {
						t.Error(err)
					}
					quit(c)
				}
			})
			s := app.sender(traffic.Journey{Request: ask.Request{Method: method, Header: map[string]string{"Idempotency-Key": "{{n}}"}, Text: body}})
			got := run(t.Context(), s, every(10*ms, 3))
			if hows := []string{got[0].How, got[1].How, got[2].How}; !cmp.Equal(hows, []string{"complete", "reset", "complete"}) || seen.Load() != 3 {
				t.Errorf("%s: ended %q, the app saw %d", method, hows, seen.Load())
			}
		})
	}
}

func TestUnsendableJourneyIsToldNotHidden(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(http.ResponseWriter, *http.Request) {})
		s := app.sender(traffic.Journey{Name: "chat", Answer: reply.Rule{JSON: "reply"}})
		for _, r := range run(t.Context(), s, every(ms, 2)) {
			if r.How != "invalid" || r.Err == nil || r.Sent != -1 {
				t.Errorf("got %+v", r)
			}
		}
		s.Target, s.Journeys[0].Answer = "localhost:80", reply.Rule{}
		if r := s.Once(t.Context(), traffic.Due{}); r.How != "invalid" || r.Err == nil {
			t.Errorf("got %+v", r)
		}
	})
}

func TestOnceCountsFromNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		app := serve(t, func(w http.ResponseWriter, r *http.Request) { time.Sleep(40 * ms) })
		s := app.sender(traffic.Journey{Name: "chat"})
		d := traffic.Due{N: -1, At: time.Hour}
		want := traffic.Result{Due: d, Seen: reply.Seen{First: -1, Status: 200}, Sent: time.Hour, Ended: time.Hour + 40*ms, How: "complete"}
		if diff := cmp.Diff(want, s.Once(t.Context(), d)); diff != "" {
			t.Errorf("result (-want +got):\n%s", diff)
		}
		if s.Counts() != (traffic.Counts{}) {
			t.Errorf("counts are %+v after a canary", s.Counts())
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if r := s.Once(ctx, traffic.Due{}); r.How != "stopped" || !errors.Is(r.Err, context.Canceled) {
			t.Errorf("with the drill stopped: %+v", r)
		}
	})
}
