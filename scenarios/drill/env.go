package drill

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios"
)

// An Endpoint is where one mock answers.
type Endpoint struct {
	Name    string
	Dialect string
	URL     string // http://host:port, https:// with TLS
	BaseURL string // what the dialect's SDKs want
	Key     string // the API key that started apps are given; "" for a real endpoint, which knows the app's own, and for a service of tools, which wants none
	CAFile  string // with TLS, the file of the certificate to trust
}

// newEndpoint is where p answers that listens on addr. The CA's file is for those
// that speak TLS.
func newEndpoint(p scenarios.Provider, seed uint64, addr, caFile string) Endpoint {
	url := "http://" + addr
	if p.TLS {
		url = "https://" + addr
	} else {
		caFile = ""
	}
	key := p.Key
	if key == "" && p.Upstream == "" && !p.Service() {
		key = mockKey(seed, p.Name)
	}
	return Endpoint{
		Name:    p.Name,
		Dialect: p.Spec.Dialect,
		URL:     url,
		BaseURL: mockllm.BaseURL(p.Spec.Dialect, url),
		Key:     key,
		CAFile:  caFile,
	}
}

// Own is the part of the environment that is about this endpoint: the SDK's own
// variables, BROWNOUT_<NAME>_URL and _KEY, with TLS those that name the CA's file,
// as NAME=value, sorted.
func (e Endpoint) Own() []string {
	name := envName(e.Name)
	env := append(mockllm.Env(e.Dialect, e.URL, e.Key), "BROWNOUT_"+name+"_URL="+e.URL, "BROWNOUT_"+name+"_KEY="+e.Key)
	// An empty variable would hide the key that the app has for a real endpoint.
	env = slices.DeleteFunc(env, func(v string) bool { return strings.HasSuffix(v, "=") })
	if e.CAFile != "" {
		for _, variable := range caVariables() {
			env = append(env, variable+"="+e.CAFile)
		}
	}
	slices.Sort(env)
	return env
}

// ServiceHeader is the header by which one of an app's services says which it is, for
// the log. See [Tagged].
const ServiceHeader = "Brownout-Service"

// Tagged are the variables by which OpenAI's and Anthropic's SDKs send the name of a
// service with every request, as NAME=value.
func Tagged(service string) []string {
	var list []string
	for _, sdk := range []string{"ANTHROPIC", "OPENAI"} {
		list = append(list, sdk+"_CUSTOM_HEADERS="+ServiceHeader+": "+service)
	}
	return list
}

// Env is the environment an app needs to find the mocks, as NAME=value, sorted.
// The first endpoint of each dialect gets the SDK's own variables, every one
// BROWNOUT_<NAME>_URL and _KEY; if one speaks TLS, there are those that name the
// CA's file.
func Env(endpoints []Endpoint) []string {
	env := map[string]string{}
	for _, e := range endpoints {
		for _, v := range e.Own() {
			name, value, _ := strings.Cut(v, "=")
			if _, taken := env[name]; !taken {
				env[name] = value
			}
		}
	}
	var list []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list
}

// endpoints are the drill's own, in the plan's order.
func (d *drill) endpoints() []Endpoint {
	list := make([]Endpoint, len(d.providers))
	for i, p := range d.providers {
		list[i] = p.endpoint
	}
	return list
}

// envName is a provider's name as part of a variable's name.
func envName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, name)
}

// placeholder is {{PROVIDER.what}} in app.env and app.command.
var placeholder = regexp.MustCompile(`\{\{\s*([^{}.\s]+)\.(base_url|url|key)\s*\}\}`)

// fill puts the providers' addresses and the app's own port into a string of the app's
// section.
func (d *drill) fill(s string) string {
	if d.port != "" {
		s = strings.ReplaceAll(s, scenarios.PortWord, d.port)
	}
	return placeholder.ReplaceAllStringFunc(s, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		for _, p := range d.providers {
			if p.name != m[1] {
				continue
			}
			switch m[2] {
			case "base_url":
				return p.endpoint.BaseURL
			case "url":
				return p.endpoint.URL
			default:
				return p.endpoint.Key
			}
		}
		return found
	})
}

// mockKey is the API key that a started app is given: the same in every run of
// a seed, and long enough for the SDKs' format checks.
func mockKey(seed uint64, provider string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "brownout key %d %s", seed, provider))
	return "sk-brownout-" + hex.EncodeToString(sum[:16])
}
