package drill_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// asking is a client of the guard's, as an app has one, with what it is answered.
type asking struct {
	*testing.T
	client *http.Client
}

// asks gives the status and body, or the error, of a request to a provider's own
// address, each on a connection of its own.
func (a asking) asks(target, key string) (string, error) {
	a.Helper()
	const question = `{"model": "%s", "max_tokens": 5, "messages": [{"role": "user", "content": "hello"}]}`
	model := "gpt-4o"
	if strings.Contains(target, "anthropic") {
		model = "claude-haiku-4-5"
	}
	req, err := http.NewRequestWithContext(a.Context(), http.MethodPost, target, strings.NewReader(fmt.Sprintf(question, model)))
	if err != nil {
		a.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("X-Api-Key", key)
	req.Header.Set("Anthropic-Version", "2023-06-01")
	resp, err := a.client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.Status + " " + string(body), err
}

// The plan's providers answer at the hosts of the real ones, those that speak TLS
// themselves too, and fail there as they fail.
func TestProvidersAnswerForTheRealOnes(t *testing.T) {
	session, err := drill.Open(t.Context(), loadSafe(t), drill.Options{Log: io.Discard, Intercept: true, Proxied: []string{"secondary"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); !errors.Is(err, drill.ErrNoTraffic) {
			t.Error(err)
		}
	}()
	place := session.Place()
	guard, err := place.Guard(place.Env, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer guard.Close()
	a := asking{t, &http.Client{Transport: trusting(t, guard.Env())}}
	const openai, anthropic = "https://api.openai.com/v1/chat/completions", "https://api.anthropic.com/v1/messages"
	healthy := map[string]string{
		openai:    "primary",
		anthropic: "secondary",
		"https://us.api.openai.com/v1/chat/completions": "primary",
	}
	for target, provider := range healthy {
		if got, err := a.asks(target, place.Fill("{{"+provider+".key}}")); err != nil || !strings.HasPrefix(got, "200 OK ") {
			t.Errorf("%s: %.200s, %v", target, got, err)
		}
	}
	for _, target := range []string{"https://generativelanguage.googleapis.com/v1beta/models", "https://openrouter.ai/api/v1/models"} {
		if got, err := a.asks(target, ""); err == nil || !strings.Contains(err.Error(), "Forbidden") {
			t.Errorf("%s has nobody to answer: %.200s, %v", target, got, err)
		}
	}
	for _, c := range []struct{ provider, kind, target, want string }{
		{"secondary", "overloaded", anthropic, "529 "},
		{"secondary", "refuse", anthropic, "reset"},
		{"secondary", "reset", anthropic, "EOF"}, // as for clients that come straight: it stands behind a proxy
		{"primary", "server_error", openai, "500 "},
		{"primary", "cert_expired", openai, "expired"},
		{"primary", "cert_wrong_host", openai, "another-host.invalid"},
	} {
		session.Heal()
		if err := session.Inject(faults.Fault{Kind: c.kind, Providers: []string{c.provider}, Share: faults.Share{From: 1, To: 1}}); err != nil {
			t.Fatal(err)
		}
		got, err := a.asks(c.target, place.Fill("{{"+c.provider+".key}}"))
		if err != nil {
			got += err.Error()
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("%s of %s: %.300s, want %s", c.kind, c.provider, got, c.want)
		}
	}
}

// trusting is a transport that reads an environment.
func trusting(t *testing.T, env []string) *http.Transport {
	t.Helper()
	proxy, err := url.Parse(variable(env, "HTTPS_PROXY"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(variable(env, "SSL_CERT_FILE"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(text)
	return &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
}
