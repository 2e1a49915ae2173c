package drill

import (
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// An App is what is drilled: something that can be started where it finds the
// mocks, or is running already. [Running], [Command] and [Handler] make the
// three sorts.
type App struct {
	Name  string // for the card
	Start func(context.Context, Place) (*Started, error)

	check  func(context.Context, Place) error // whether it could be started, without harm; nil: it can
	within time.Duration                      // how long it may take to get ready
}

// Place is what an app is told of the place it starts in.
type Place struct {
	Env    []string            // NAME=value: where the mocks are
	Roots  *x509.CertPool      // whom to trust, where a provider speaks TLS; else nil
	Fill   func(string) string // puts addresses into {{PROVIDER.base_url}} and the like, and the app's own port into {{port}}
	Log    io.Writer           // what the app prints
	Net    Net
	Target string        // where the scenario says the app answers; "" when it does not
	Grace  time.Duration // how long it may take to stop
	// Guard starts the egress guard of an app that has an environment of its own, and
	// puts files into a directory for it; nil: the app is to have none.
	Guard func(environ []string, dir string) (*egress.Guard, error)
}

// Started is an app that is up.
type Started struct {
	URL  string
	Died <-chan error // one value when it ends by itself; nil: not ours to know
	Stop func() error // returns when nothing of it runs any more

	tail func() string // the last lines it printed; nil: not ours to know
}

// A NotReadyError says that the app never answered.
type NotReadyError struct {
	What string // "exited with status 1 before it was ready", …
	Tail string // the last lines it printed
	Hint string
}

func (e *NotReadyError) Error() string { return "the app " + e.What }

// Running is an app that somebody else started. Its target must accept a
// connection.
func Running(target string) App {
	const patience = 5 * time.Second
	there := func(ctx context.Context, place Place) error {
		addr, err := hostPort(target)
		if err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		conn, err := place.Net.Dial(ctx, "tcp", addr)
		if err != nil {
			return &NotReadyError{
				What: fmt.Sprintf("does not answer at %s: %v", target, err),
				Hint: "start it first, or let brownout start it: brownout run SCENARIO -- COMMAND",
			}
		}
		return conn.Close()
	}
	return App{Name: target, within: patience, check: there, Start: func(ctx context.Context, place Place) (*Started, error) {
		if err := there(ctx, place); err != nil {
			return nil, err
		}
		return &Started{URL: target, Stop: func() error { return nil }}, nil
	}}
}

// Handler is an app inside this process: build gets the environment and returns
// the app and what stops it.
func Handler(name string, build func(Place) (http.Handler, func(), error)) App {
	return App{Name: name, Start: func(ctx context.Context, place Place) (*Started, error) {
		handler, stop, err := build(place)
		if err != nil {
			return nil, fmt.Errorf("app %s: %w", name, err)
		}
		l, err := place.Net.Listen("127.0.0.1:0")
		if err != nil {
			stop()
			return nil, fmt.Errorf("app %s: %w", name, err)
		}
		server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
		done := inBackground(func() { _ = server.Serve(l) })
		return &Started{URL: "http://" + l.Addr().String(), Stop: func() error {
			err := server.Close()
			<-done
			stop()
			return err
		}}, nil
	}}
}

// inBackground runs f in a goroutine and returns a channel that closes when it ends.
func inBackground(f func()) <-chan struct{} {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	return done
}

// hostPort is where a URL's host listens.
func hostPort(target string) (string, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("target %q is not a URL such as http://127.0.0.1:8000", target)
	}
	if u.Port() != "" {
		return u.Host, nil
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme]), nil
}
