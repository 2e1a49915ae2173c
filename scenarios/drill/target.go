package drill

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// A TargetError says that traffic must not be sent there.
type TargetError struct {
	Target string
	Why    string
	Hint   string
}

func (e *TargetError) Error() string { return fmt.Sprintf("target %q %s", e.Target, e.Why) }

// realProviders are domains that a drill never sends load to, allowed or not:
// its traffic goes to the team's own app.
func realProviders() []string {
	return []string{
		"openai.com", "openai.azure.com", "cognitiveservices.azure.com", "anthropic.com",
		"googleapis.com", "amazonaws.com", "mistral.ai", "cohere.com", "cohere.ai",
		"groq.com", "together.xyz", "openrouter.ai", "deepseek.com", "x.ai", "perplexity.ai",
	}
}

// CheckTarget refuses targets that are not on this machine, unless their host
// is allowed, and those that belong to a provider, with a [*TargetError]. [Run]
// asks it too.
func CheckTarget(target string, allowed []string) error {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return &TargetError{Target: target, Why: "is not a URL", Hint: "such as http://127.0.0.1:8000"}
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	for _, domain := range realProviders() {
		if host == domain || strings.HasSuffix(host, "."+domain) {
			return &TargetError{
				Target: target,
				Why:    "belongs to a real provider, and a drill sends load only to your own app",
				Hint:   "give the address of your app; it calls the mocks",
			}
		}
	}
	if host == "localhost" || net.ParseIP(host).IsLoopback() || slices.Contains(allowed, host) {
		return nil
	}
	return &TargetError{
		Target: target,
		Why:    "is not on this machine",
		Hint:   "--allow-target " + host + " says that it is yours and may be loaded",
	}
}
