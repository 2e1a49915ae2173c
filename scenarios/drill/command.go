package drill

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/child"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// Command is an app that brownout starts: a [child.Child] that is told by its
// environment where the mocks are, stopped with SIGTERM and, after the grace, SIGKILL.
func Command(spec scenarios.App) App {
	return App{
		Name:   strings.Join(spec.Command, " "),
		within: spec.ReadyWithin,
		check: func(_ context.Context, place Place) error {
			if err := addressed(spec, place); err != nil {
				return err
			}
			if _, err := exec.LookPath(spec.Command[0]); err != nil {
				return notStarted(err, spec.Command)
			}
			return nil
		},
		Start: func(ctx context.Context, place Place) (*Started, error) { return startCommand(ctx, spec, place) },
	}
}

// addressed finds out whether it is known where the app will answer.
func addressed(spec scenarios.App, place Place) error {
	if place.Target != "" || spec.ReadyURL != "" {
		return nil
	}
	return &NotReadyError{
		What: "has no address",
		Hint: "say where it answers: traffic.target in the scenario or app file, or --target URL",
	}
}

func notStarted(err error, argv []string) error {
	return &NotReadyError{
		What: fmt.Sprintf("could not be started: %v", err),
		Hint: "is the command right, and installed? " + strings.Join(argv, " "),
	}
}

// process is a started command, and who guards it.
type process struct {
	*child.Child

	guard *egress.Guard // nil: none
}

func startCommand(ctx context.Context, spec scenarios.App, place Place) (*Started, error) {
	if err := addressed(spec, place); err != nil {
		return nil, err
	}
	probe, where := probeOf(spec, place)
	if err := vacant(ctx, probe, where, place.Target); err != nil {
		return nil, err
	}
	p, err := spawn(spec, place)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx, spec.ReadyWithin, probe, where); err != nil {
		nextDoor(ctx, err, place.Net, where)
		return nil, errors.Join(err, p.stop(place.Grace))
	}
	return &Started{
		URL:  place.Target,
		Died: p.Died(),
		Stop: func() error { return p.stop(place.Grace) },
		tail: p.Tail,
	}, nil
}

func spawn(spec scenarios.App, place Place) (*process, error) {
	argv := make([]string, len(spec.Command))
	for i, arg := range spec.Command {
		argv[i] = place.Fill(arg)
	}
	c, err := child.New()
	if err != nil {
		return nil, fmt.Errorf("start the app: %w", err)
	}
	p := &process{Child: c}
	environ, err := p.surround(spec, place)
	if err != nil {
		return nil, errors.Join(err, p.stop(0))
	}
	if err := p.Start(argv, environ, place.Log); err != nil {
		return nil, errors.Join(notStarted(err, argv), p.stop(0))
	}
	return p, nil
}

// surround makes the command's environment, and its guard.
func (p *process) surround(spec scenarios.App, place Place) ([]string, error) {
	environ := append(os.Environ(), place.Env...)
	for _, name := range slices.Sorted(maps.Keys(spec.Env)) {
		environ = append(environ, name+"="+place.Fill(spec.Env[name]))
	}
	if place.Guard == nil {
		return environ, nil
	}
	var err error
	if p.guard, err = place.Guard(environ, p.Dir()); err != nil {
		return nil, fmt.Errorf("start the app: %w", err)
	}
	return append(environ, p.guard.Env()...), nil
}

// stop ends the command, and its guard when nobody is left to be guarded.
func (p *process) stop(grace time.Duration) error {
	err := p.Stop(grace)
	if p.guard != nil {
		p.guard.Close()
	}
	return err
}

// ready waits until the app answers: its health page if it has one, else a
// connection to the target.
func (p *process) ready(asked context.Context, within time.Duration, probe probe, where string) error {
	ctx, cancel := context.WithTimeout(asked, within)
	defer cancel()
	last := errors.New("no answer yet")
	for {
		if err := probe(ctx); err == nil {
			return nil
		} else if ctx.Err() == nil {
			last = err
		}
		pause := time.NewTimer(50 * time.Millisecond)
		select {
		case <-p.Gone():
			pause.Stop()
			return &NotReadyError{
				What: fmt.Sprintf("ended before it was ready (%v)", p.End()),
				Tail: p.Tail(),
				Hint: "what it printed is in app.log",
			}
		case <-ctx.Done():
			pause.Stop()
			if asked.Err() != nil {
				return fmt.Errorf("wait for the app: %w", context.Cause(asked)) // nobody waits any more
			}
			return &NotReadyError{
				What: fmt.Sprintf("was not ready within %v: %s: %v", within, where, last),
				Tail: p.Tail(),
				Hint: "what it printed is in app.log; app.ready says what to wait for and how long",
			}
		case <-pause.C:
		}
	}
}

// nextDoor looks whether an app that was not ready at 127.0.0.1 listens at the other
// loopback address, and lets the error say so. Node's servers do where they are told
// to listen at localhost and the system names ::1 first.
func nextDoor(ctx context.Context, err error, network Net, where string) {
	late, ok := errors.AsType[*NotReadyError](err)
	addr, bad := hostPort(where)
	if !ok || bad != nil {
		return
	}
	host, port, bad := net.SplitHostPort(addr)
	if bad != nil || host != "127.0.0.1" {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, vacancyWait)
	defer cancel()
	other := net.JoinHostPort("::1", port)
	conn, bad := network.Dial(ctx, "tcp", other)
	if bad != nil {
		return
	}
	_ = conn.Close()
	late.Hint = fmt.Sprintf("it listens at %s and not at %s: write http://localhost:%s in target and app.ready.url, or have it listen at 127.0.0.1", other, addr, port)
}

// A probe asks whether the app is up.
type probe func(context.Context) error

// vacancyWait is how long to look for somebody in the app's place.
const vacancyWait = time.Second

// vacant finds out whether the app's place is free. Where an app of an earlier run
// still answers, the new one cannot listen, and the old one would be drilled instead.
func vacant(ctx context.Context, probe probe, where, target string) error {
	ctx, cancel := context.WithTimeout(ctx, vacancyWait)
	defer cancel()
	if probe(ctx) != nil {
		return nil
	}
	hint := "stop it, if it is of an earlier run, or let the app answer at a port that is free: " + scenarios.PortWord + " in its command, app.ready.url and traffic.target"
	if target != "" {
		hint += "; to drill the one that runs, leave the command out and say --target " + target
	}
	return &NotReadyError{What: fmt.Sprintf("was not started: something answers at %s already", where), Hint: hint}
}

// probeOf returns how to ask whether the app is up, and whom.
func probeOf(spec scenarios.App, place Place) (probe, string) {
	if spec.ReadyURL != "" {
		client, url := &http.Client{Transport: &http.Transport{DialContext: place.Net.Dial, DisableKeepAlives: true}}, place.Fill(spec.ReadyURL)
		return func(ctx context.Context) error { return healthy(ctx, client, url) }, url
	}
	return func(ctx context.Context) error {
		addr, err := hostPort(place.Target)
		if err != nil {
			return err
		}
		conn, err := place.Net.Dial(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}, place.Target
}

func healthy(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("status %d", resp.StatusCode)
	}
	return nil
}
