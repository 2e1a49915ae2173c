package drilltest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// Env is what an app under test is told: where the models are, with which keys,
// and over what to call them.
type Env struct {
	place  drill.Place
	scene  *scene
	misuse func(string) // told of a call that cannot be meant; does not return
}

// scene is what belongs to one app for as long as it runs.
type scene struct {
	client *http.Client
	ctx    context.Context
	leave  context.CancelFunc
	last   []func() // what Cleanup was given
}

func newScene(place drill.Place) *scene {
	ctx, cancel := context.WithCancel(context.Background())
	return &scene{
		ctx:   ctx,
		leave: cancel,
		client: &http.Client{Transport: &http.Transport{
			DialContext:         place.Net.Dial,
			TLSClientConfig:     &tls.Config{RootCAs: place.Roots},
			MaxIdleConnsPerHost: 100,
			IdleConnTimeout:     90 * time.Second,
		}},
	}
}

// close ends what the app was lent, and what it asked to have ended.
func (s *scene) close() {
	s.leave()
	for _, f := range slices.Backward(s.last) {
		f()
	}
	s.client.CloseIdleConnections()
}

// BaseURL is what the dialect's SDKs take as base URL for a provider, http://
// host:port/v1 for OpenAI. A provider that the scenario does not have ends the
// test.
func (e Env) BaseURL(provider string) string { return e.of(provider, "base_url") }

// URL is a provider's bare address, http://host:port, with TLS https://host:port.
func (e Env) URL(provider string) string { return e.of(provider, "url") }

// Key is the API key for a provider.
func (e Env) Key(provider string) string { return e.of(provider, "key") }

func (e Env) of(provider, what string) string {
	asked := "{{" + provider + "." + what + "}}"
	got := e.place.Fill(asked)
	if got == asked {
		e.misuse(fmt.Sprintf("no provider %q; the scenario has %s", provider, strings.Join(e.providers(), ", ")))
	}
	return got
}

// providers are named by the variables that every one of them has.
func (e Env) providers() []string {
	var names []string
	for _, v := range e.place.Env {
		name, _, _ := strings.Cut(v, "=")
		if name, ok := strings.CutPrefix(name, "BROWNOUT_"); ok {
			if name, ok = strings.CutSuffix(name, "_URL"); ok {
				names = append(names, strings.ToLower(name))
			}
		}
	}
	return names
}

// Environ is the environment that brownout starts apps with, NAME=value, sorted:
// OPENAI_BASE_URL and the like, BROWNOUT_<NAME>_URL and _KEY for each provider;
// where one speaks TLS, SSL_CERT_FILE and the like name a file that is there until
// the drill ends.
func (e Env) Environ() []string { return slices.Clone(e.place.Env) }

// Getenv finds a variable of [Env.Environ], "" without one. It has the signature
// of os.Getenv, for apps that take their configuration from there.
func (e Env) Getenv(name string) string {
	for _, v := range e.place.Env {
		if have, value, _ := strings.Cut(v, "="); have == name {
			return value
		}
	}
	return ""
}

// Client is an HTTP client that reaches the providers and trusts them, one for all
// calls. It has no timeout.
func (e Env) Client() *http.Client { return e.scene.client }

// DialContext makes connections to the providers. It is for apps that bring
// their own http.Transport; net.Dial does not reach a network in memory.
func (e Env) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return e.place.Net.Dial(ctx, network, addr)
}

// RootCAs are whom to trust where a provider speaks TLS, for apps that bring their
// own tls.Config; nil when none does.
func (e Env) RootCAs() *x509.CertPool { return e.place.Roots }

// Context ends with the drill. Goroutines that the app keeps beside its requests
// are to end with it: what outlives a drill fails the test.
func (e Env) Context() context.Context { return e.scene.ctx }

// Cleanup has f called when the drill has ended and the app's server is closed,
// the last given first. A handler that is an [io.Closer] is closed then by
// itself.
func (e Env) Cleanup(f func()) { e.scene.last = append(e.scene.last, f) }

// Log takes what the app prints, for [AppLog].
func (e Env) Log() io.Writer { return e.place.Log }
