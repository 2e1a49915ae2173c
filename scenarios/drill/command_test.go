//go:build unix

package drill

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
)

func startShell(t *testing.T, script, target string, within time.Duration) (*Started, string, error) {
	t.Helper()
	var out bytes.Buffer
	app := Command(scenarios.App{Command: []string{"sh", "-c", script}, ReadyWithin: within})
	started, err := app.Start(t.Context(), Place{
		Env:    []string{"BROWNOUT_PRIMARY_URL=http://127.0.0.1:1"},
		Fill:   func(s string) string { return s },
		Log:    &out,
		Net:    Net{}.orReal(),
		Target: target,
		Grace:  5 * time.Second,
	})
	return started, out.String(), err
}

// nobody is a target at which nothing listens.
func nobody(t *testing.T) string {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func TestAppThatEndsBeforeItIsReady(t *testing.T) {
	_, _, err := startShell(t, "echo no such module; exit 3", nobody(t), 10*time.Second)
	e, ok := errors.AsType[*NotReadyError](err)
	if !ok {
		t.Fatalf("err = %v", err)
	}
	if !strings.Contains(e.Error(), "exit status 3") || !strings.Contains(e.Tail, "no such module") || e.Hint == "" {
		t.Errorf("%v; tail %q; hint %q", e, e.Tail, e.Hint)
	}
}

func TestAppThatIsNeverReady(t *testing.T) {
	_, _, err := startShell(t, "exec sleep 60", nobody(t), 200*time.Millisecond)
	e, ok := errors.AsType[*NotReadyError](err)
	if !ok || !strings.Contains(e.Error(), "not ready within 200ms") {
		t.Fatalf("err = %v", err)
	}
}

// Who stops the drill while the app starts is not told that it was too slow.
func TestAppWhoseStartIsStopped(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	enough := errors.New("enough")
	stop(enough)
	_, err := Command(scenarios.App{Command: []string{"sleep", "60"}, ReadyWithin: time.Minute}).Start(ctx, Place{
		Fill: func(s string) string { return s }, Log: &bytes.Buffer{}, Net: Net{}.orReal(), Target: nobody(t), Grace: time.Second,
	})
	if _, late := errors.AsType[*NotReadyError](err); late || !errors.Is(err, enough) {
		t.Errorf("err = %v", err)
	}
}

// Node's servers that listen at localhost may be at ::1 alone.
func TestAppAtTheOtherLoopback(t *testing.T) {
	network := Net{}.orReal()
	network.Dial = func(_ context.Context, _, addr string) (net.Conn, error) {
		if addr != "[::1]:3000" {
			return nil, errors.New("refused")
		}
		conn, _ := net.Pipe()
		return conn, nil
	}
	for target, told := range map[string]bool{"http://127.0.0.1:3000": true, "http://127.0.0.1:3001": false, "http://localhost:3000": false} {
		app := Command(scenarios.App{Command: []string{"sleep", "60"}, ReadyWithin: 100 * time.Millisecond})
		_, err := app.Start(t.Context(), Place{
			Fill: func(s string) string { return s }, Log: &bytes.Buffer{}, Net: network, Target: target, Grace: time.Second,
		})
		e, ok := errors.AsType[*NotReadyError](err)
		if !ok || strings.Contains(e.Hint, "http://localhost:3000") != told {
			t.Errorf("%s: %v; hint %q", target, err, e.Hint)
		}
	}
}

func TestCommandThatDoesNotExist(t *testing.T) {
	app := Command(scenarios.App{Command: []string{"no-such-program-here"}, ReadyWithin: time.Second})
	_, err := app.Start(t.Context(), Place{Fill: func(s string) string { return s }, Log: &bytes.Buffer{}, Net: Net{}.orReal(), Target: nobody(t)})
	if _, ok := errors.AsType[*NotReadyError](err); !ok {
		t.Fatalf("err = %v", err)
	}
}

// Where an app of an earlier run answers, it is not drilled in the new one's stead.
func TestAppWhosePlaceIsTaken(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	target := "http://" + l.Addr().String()
	_, printed, err := startShell(t, "echo started; exec sleep 60", target, 10*time.Second)
	e, ok := errors.AsType[*NotReadyError](err)
	if !ok || !strings.Contains(e.Error(), "something answers at "+target+" already") || !strings.Contains(e.Hint, "--target "+target) {
		t.Fatalf("err = %v", err)
	}
	if printed != "" {
		t.Errorf("the command was started and printed %q", printed)
	}
}
