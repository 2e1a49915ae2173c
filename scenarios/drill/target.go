package drill

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// A TargetError says that traffic must not be sent there.
type TargetError struct {
	Target   string
	Upstream string // the provider whose upstream it is; "": it is the app's address
	Why      string
	Hint     string
}

func (e *TargetError) Error() string {
	if e.Upstream != "" {
		return fmt.Sprintf("upstream %q of provider %q %s", e.Target, e.Upstream, e.Why)
	}
	return fmt.Sprintf("target %q %s", e.Target, e.Why)
}

// realProviders are domains that a drill never sends its traffic to, allowed or
// not, beside the hosts of [egress.Providers]: that goes to the team's own app.
func realProviders() []string {
	return []string{
		"openai.com", "openai.azure.com", "cognitiveservices.azure.com", "anthropic.com",
		"googleapis.com", "mistral.ai", "cohere.com", "cohere.ai",
		"groq.com", "together.xyz", "openrouter.ai", "deepseek.com", "x.ai", "perplexity.ai",
	}
}

// CheckTarget refuses targets that are not on this machine, unless their host
// is allowed, and those that belong to a provider, with a [*TargetError]. [Run]
// asks it too.
func CheckTarget(target string, allowed []string) error {
	u, err := url.Parse(strings.Replace(target, scenarios.PortWord, "0", 1)) // which port does not matter here
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &TargetError{Target: target, Why: "is not a URL", Hint: "such as http://127.0.0.1:8000"}
	}
	host := hostOf(u)
	if isReal(host) {
		return &TargetError{
			Target: target,
			Why:    "belongs to a real provider, and a drill sends load only to your own app",
			Hint:   "give the address of your app; it calls the mocks",
		}
	}
	if isLoopback(host) || slices.Contains(allowed, host) {
		return nil
	}
	return &TargetError{
		Target: target,
		Why:    "is not on this machine",
		Hint:   "--allow-target " + host + " says that it is yours and may be loaded",
	}
}

// CheckUpstreams refuses upstreams that are not on this machine, unless their host
// is allowed, with a [*TargetError]. That holds for real providers, too: there an
// app's drilled requests cost what its own do, and count against its limits.
// [Run], [Open] and [Serve] ask it too.
func CheckUpstreams(plan *scenarios.Plan, allowed []string) error {
	for _, p := range plan.Providers {
		u, err := url.Parse(p.Upstream)
		if p.Upstream == "" || err == nil && (isLoopback(hostOf(u)) || slices.Contains(allowed, hostOf(u))) {
			continue
		}
		refused := &TargetError{Target: p.Upstream, Upstream: p.Name, Why: "is not a URL", Hint: "such as http://127.0.0.1:11434/v1"}
		if err == nil {
			host := hostOf(u)
			refused.Why = "is not on this machine"
			refused.Hint = "--allow-upstream " + host + " says that what the drill makes the app ask may be asked there"
			if isReal(host) {
				refused.Why = "belongs to a real provider, where the drill's requests cost money"
			}
		}
		return refused
	}
	return nil
}

// hostOf is the name of a URL's host, as it is compared.
func hostOf(u *url.URL) string { return strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")) }

func isLoopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

// isReal says whether a host is a real provider's.
func isReal(host string) bool {
	if _, ok := egress.Find(host); ok {
		return true
	}
	return slices.ContainsFunc(realProviders(), func(domain string) bool {
		return host == domain || strings.HasSuffix(host, "."+domain)
	})
}
