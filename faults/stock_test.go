package faults_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/faults"
)

// toxic is a window of a stock toxic that is open for as long as the test may take.
func toxic(name string, params faults.Params) []faults.Window {
	w := transport("toxic", 1, -time.Hour, time.Hour)
	w.Fault.Providers = []string{"primary"}
	w.Fault.Params = faults.Params{"name": name}
	for k, v := range params {
		w.Fault.Params[k] = v
	}
	return []faults.Window{w}
}

// someToxic is one of the toxics at random.
func someToxic(luck *rand.Rand) faults.Params {
	span := time.Duration(luck.IntN(5)) * time.Millisecond
	all := []faults.Params{
		{"name": "latency", "latency": span},
		{"name": "bandwidth", "rate": 1 + luck.IntN(100)},
		{"name": "slow_close", "delay": span},
		{"name": "timeout", "timeout": span},
		{"name": "slicer", "average_size": 4, "size_variation": 2, "delay": span},
		{"name": "limit_data", "bytes": 1 + luck.IntN(500)},
		{"name": "reset_peer", "timeout": span},
	}
	return all[luck.IntN(len(all))]
}

// TestStockToxics: each does what toxiproxy says of it, for as long as its window is
// open, and leaves nothing behind.
func TestStockToxics(t *testing.T) {
	const text = "sixteen letters."
	for _, c := range []struct {
		name   string
		params faults.Params
		want   string        // what comes back
		within time.Duration // not before
		err    error         // how it ends, nil: it does not
	}{
		{"latency", faults.Params{"latency": 60 * time.Millisecond}, text, 60 * time.Millisecond, nil},
		{"bandwidth", faults.Params{"rate": 1}, text, 15 * time.Millisecond, nil},
		{"slicer", faults.Params{"average_size": 2, "size_variation": 1, "delay": 2 * time.Millisecond}, text, 10 * time.Millisecond, nil},
		{"slow_close", faults.Params{"delay": 50 * time.Millisecond}, text, 0, nil},
		{"limit_data", faults.Params{"bytes": 7}, text[:7], 0, io.EOF},
		{"timeout", faults.Params{"timeout": 30 * time.Millisecond}, "", 30 * time.Millisecond, io.EOF},
		{"reset_peer", faults.Params{"timeout": 20 * time.Millisecond}, "", 20 * time.Millisecond, syscall.ECONNRESET},
	} {
		p := startProxy(t, echo(t))
		windows := toxic(c.name, c.params)
		if problems := windows[0].Fault.Check(); len(problems) > 0 {
			t.Errorf("%s: %v", c.name, problems)
		}
		p.Play(time.Now(), windows)
		conn := dial(t, p)
		sent := time.Now()
		got, err := roundTrip(conn, text)
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %q came back, %v; want %q, %v", c.name, got, err, c.want, c.err)
		}
		if took := time.Since(sent); took < c.within {
			t.Errorf("%s: it took %v, want %v at least", c.name, took, c.within)
		}
		p.Play(time.Now(), nil)
		if got, err := roundTrip(dial(t, p), text); got != text || err != nil {
			t.Errorf("%s: healed, %q came back, %v", c.name, got, err)
		}
		conn.Close()
		if err := p.Close(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	noneLeft(t)
}

// TestSlowCloseIsLate: the end of what the provider sends, and that alone.
func TestSlowCloseIsLate(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := startProxy(t, l.Addr().String())
	p.Play(time.Now(), toxic("slow_close", faults.Params{"delay": 60 * time.Millisecond}))
	client := dial(t, p)
	provider, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(provider, "bye")
	closed := time.Now()
	provider.Close()
	if got, err := io.ReadAll(client); string(got) != "bye" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if took := time.Since(closed); took < 60*time.Millisecond {
		t.Errorf("the end came after %v", took)
	}
}

// TestTimeoutOfNever: with 0s nothing comes, not even the end.
func TestTimeoutOfNever(t *testing.T) {
	p := startProxy(t, echo(t))
	p.Play(time.Now(), toxic("timeout", faults.Params{"timeout": time.Duration(0)}))
	c := dial(t, p)
	if _, err := io.WriteString(c, "x"); err != nil {
		t.Fatal(err)
	}
	silence(t, c)
}

// TestStockToxicAtEdges: connections that are open when a toxic comes or goes are
// closed, and no others are. The port stays.
func TestStockToxicAtEdges(t *testing.T) {
	p := startProxy(t, echo(t))
	late := toxic("latency", faults.Params{"latency": time.Millisecond})
	before := dial(t, p)
	if _, err := roundTrip(before, "x"); err != nil {
		t.Fatal(err)
	}
	p.Play(time.Now(), late)
	if n, err := before.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("the connection survived that a toxic came")
	}
	during := dial(t, p)
	for range 2 {
		if got, err := roundTrip(during, "x"); got != "x" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		p.Play(time.Now(), append(late, now("latency")...)) // the same toxic still
	}
	start := time.Now()
	late[0].To = 30 * time.Millisecond
	p.Play(start, late)
	if n, err := during.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Error("the connection survived that a toxic went")
	}
	if gone := time.Since(start); gone < 30*time.Millisecond {
		t.Errorf("the toxic went after %v", gone)
	}
}

// TestToxicWords: a toxic has its own parameters and no others, in units that
// toxiproxy counts in.
func TestToxicWords(t *testing.T) {
	for _, c := range []struct {
		params faults.Params
		want   string // "": nothing is wrong
	}{
		{faults.Params{"name": "slicer", "average_size": 8, "size_variation": 7, "delay": 50 * time.Microsecond}, ""},
		{faults.Params{"name": "slicer", "average_size": 8}, ""},
		{faults.Params{"name": "timeout", "timeout": time.Duration(0)}, ""},
		{faults.Params{}, "name: missing; toxic needs it"},
		{faults.Params{"name": "slow"}, `name: "slow"; allowed are latency, bandwidth, slow_close, timeout, slicer, limit_data, reset_peer`},
		{faults.Params{"name": "latency"}, "latency: missing; the toxic latency needs it"},
		{faults.Params{"name": "latency", "latency": 1500 * time.Microsecond}, "latency: 1.5ms is finer than the toxic counts; allowed are multiples of 1ms"},
		{faults.Params{"name": "latency", "latency": time.Second, "rate": 3}, "rate: the toxic latency takes no rate; allowed: latency"},
		{faults.Params{"name": "slicer", "average_size": 8, "size_variation": 8}, "size_variation: 8; allowed is less than average_size, 8"},
		{faults.Params{"name": "slicer", "average_size": 0}, "average_size: 0; allowed is 1 or more"},
		{faults.Params{"name": "latency", "latency": time.Second, "jitter": time.Second}, "jitter: toxiproxy draws for it, and no seed decides how: two runs would not be alike; leave it out"},
		{faults.Params{"name": "latency", "latency": time.Second, "toxicity": 0.5}, "toxicity: toxiproxy draws for it, and no seed decides how: two runs would not be alike; leave it out"},
	} {
		f := toxic("", nil)[0].Fault
		f.Params = c.params
		var got []string
		for _, p := range f.Check() {
			got = append(got, p.Key+": "+p.Text)
		}
		if diff := cmp.Diff(c.want, strings.Join(got, "\n")); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.params, diff)
		}
	}
	part := toxic("latency", faults.Params{"latency": time.Second})[0].Fault
	part.Share = faults.Share{From: 0.5, To: 0.5}
	if problems := part.Check(); len(problems) != 1 || problems[0].Key != "share" {
		t.Errorf("half of the connections: %v", problems)
	}
}
