package drilltest

import (
	"bytes"
	"errors"
	"testing"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// A Drill is one on real sockets and in real time, whose course the test decides:
//
//	d := drilltest.Start(t, "support.drill.yaml")
//	env := d.Env(t)
//	app := httptest.NewServer(NewServer(env.BaseURL("primary"), env.Key("primary")))
//	t.Cleanup(app.Close)
//	d.Drive(app.URL)
//	d.Await(200) // requests, which are the baseline
//	d.Phase("surge")
//	d.Await(200)
//	d.Heal()
//	d.Await(200)
//	d.Card(t).MustPass(t)
//
// Its methods end the test when they cannot do what is asked. Everything that it
// started stops with the test.
type Drill struct {
	t       testing.TB
	session *drill.Session
	scene   *scene
	options options
	log     bytes.Buffer
	judged  bool
}

// Start stands the scenario's providers up on loopback, healthy, each on a port
// of its own that the system picks. The scenario is named as for [Run].
func Start(t testing.TB, scenario string, opts ...Option) *Drill {
	t.Helper()
	d := &Drill{t: t, options: collect(opts)}
	session, err := drill.Open(t.Context(), load(t, scenario, d.options), drill.Options{
		Log: &d.log, AppLog: d.options.appLog, Proxied: d.options.proxied, AllowUpstreams: d.options.upstreams,
	})
	if err != nil {
		t.Fatalf("drilltest: start the drill: %v", err)
	}
	d.session, d.scene = session, newScene(session.Place())
	t.Cleanup(func() {
		if err := d.close(); err != nil && !errors.Is(err, drill.ErrNoTraffic) {
			t.Errorf("drilltest: stop the drill: %v", err)
		}
	})
	return d
}

// Env is what the app needs to know. Its Client and DialContext use real
// sockets, as any other would.
func (d *Drill) Env(t testing.TB) Env {
	return Env{place: d.session.Place(), scene: d.scene, misuse: func(m string) {
		t.Helper()
		t.Fatalf("drilltest: %s", m)
	}}
}

// Drive begins the scenario's traffic to the app at url, after one request per
// journey has shown that the app calls the mocks. It begins the first phase,
// which is to be without faults.
func (d *Drill) Drive(url string) {
	d.t.Helper()
	err := d.session.Drive(d.t.Context(), drill.Running(url))
	if canary, ok := errors.AsType[*drill.CanaryError](err); ok {
		d.t.Fatalf("drilltest: %s", unheardOnSockets(canary))
	}
	if err != nil {
		d.t.Fatalf("drilltest: drive the app: %v", err)
	}
}

// Await waits until the next n requests, those due from now on, have ended. They
// come at the rate of the scenario's journeys: 200 at 20/s take ten seconds, and the
// time that the last of them needs.
func (d *Drill) Await(n int) {
	d.t.Helper()
	if err := d.session.Await(d.t.Context(), n); err != nil {
		d.t.Fatalf("drilltest: %v", err)
	}
}

// Phase begins a phase of the scenario: its faults hold, at the share with which
// they end, until the next call of Phase or Heal.
func (d *Drill) Phase(name string) {
	d.t.Helper()
	if err := d.session.Phase(name); err != nil {
		d.t.Fatalf("drilltest: %v", err)
	}
}

// Inject lets one more thing go wrong until the next call of Phase or Heal:
//
//	d.Inject(faults.Fault{
//		Kind: "rate_limit", Providers: []string{"primary"},
//		Share: faults.Share{From: 0.4, To: 0.4},
//	})
//
// In a phase without faults it begins one that bears the kind's name. Transport
// faults need [Proxied].
func (d *Drill) Inject(fault faults.Fault) {
	d.t.Helper()
	if err := d.session.Inject(fault); err != nil {
		d.t.Fatalf("drilltest: %v", err)
	}
}

// Heal ends all faults and begins the recovery.
func (d *Drill) Heal() { d.session.Heal() }

// Card ends the drill and judges it. The requests under way may end first, so
// that it can take as long as a journey's timeout.
func (d *Drill) Card(t testing.TB) *Card {
	t.Helper()
	if err := d.close(); errors.Is(err, drill.ErrNoTraffic) {
		t.Fatal("drilltest: no card without traffic: call Drive with the app's URL first")
	} else if err != nil {
		t.Fatalf("drilltest: end the drill: %v", err)
	}
	if !d.judged {
		d.judged = true
		if _, err := d.options.log.Write(d.log.Bytes()); err != nil {
			t.Errorf("drilltest: write the log: %v", err)
		}
	}
	return judge(t, d.log.Bytes())
}

func (d *Drill) close() error {
	err := d.session.Close()
	d.scene.close()
	return err
}
