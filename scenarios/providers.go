package scenarios

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

// firstPort is where the first provider listens when it names no address; the
// second takes the next one, and so on.
const firstPort = 4100

// providers checks the providers and gives each its address.
func (b *builder) providers() {
	b.sameNames()
	b.upstreams()
	b.services()
	taken := b.takenPorts()
	for i := range b.draft.providers {
		p := &b.draft.providers[i]
		listen := p.listen
		if listen == "" {
			listen = "127.0.0.1:" + strconv.Itoa(b.port(i, taken))
		}
		spec := p.spec(b.models(p))
		spec.Answers = b.answers(p)
		b.plan.Providers = append(b.plan.Providers, Provider{
			Name: p.name, Listen: listen, Given: p.listen != "", Key: p.firstKey(), TLS: p.tls, Upstream: p.real, Spec: spec, Worth: p.worth(),
		})
	}
}

// port is the default port of the i-th provider. It hangs on the place in the
// file alone, so that giving one provider an address does not move the others,
// unless the address is theirs.
func (b *builder) port(i int, taken map[int]bool) int {
	if b.opts.AnyPorts || b.opts.Starts && len(b.draft.app.command) > 0 {
		return 0
	}
	port := firstPort + i
	for ; taken[port]; port += len(b.draft.providers) {
	}
	taken[port] = true
	return port
}

// takenPorts are the ports that the scenario gives away itself. Two providers may
// have the same one on different addresses.
func (b *builder) takenPorts() map[int]bool {
	taken := map[int]bool{}
	byPort := map[string][]*providerDraft{}
	for i := range b.draft.providers {
		p := &b.draft.providers[i]
		_, port, err := net.SplitHostPort(p.listen)
		n, bad := strconv.Atoi(port)
		if err != nil || bad != nil || n == 0 {
			continue
		}
		for _, other := range byPort[port] {
			if sameHost(p.listen, other.listen) {
				b.problems.Error(p.At("listen"), "same-address", "%s listens on %s, and %s on %s; each needs its own", p.name, p.listen, other.name, other.listen)
			}
		}
		taken[n], byPort[port] = true, append(byPort[port], p)
	}
	return taken
}

// sameHost says whether two addresses with the same port are in each other's way.
func sameHost(a, b string) bool {
	x, y := hostOf(a), hostOf(b)
	return x == y || x.IsUnspecified() || y.IsUnspecified()
}

// hostOf is the IP address of HOST:PORT, see [checkAddress].
func hostOf(address string) netip.Addr {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return netip.Addr{}
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip
}

// models checks the models of a provider. The mock itself knows what it can do.
func (b *builder) models(p *providerDraft) map[string]pace.Model {
	models := map[string]pace.Model{}
	for i := range p.models {
		m := &p.models[i]
		m.TTFT, m.Gap = m.said("ttft", m.TTFT), m.said("gap", m.Gap)
		models[m.name] = m.Model
		alone := mockllm.Spec{Dialect: mockllm.Dialects()[0].Name, Models: map[string]pace.Model{m.name: m.Model}}
		if err := alone.Validate(); err != nil && m.Sound() {
			why := err.Error()
			if inner := errors.Unwrap(err); inner != nil {
				why = inner.Error()
			}
			b.problems.Error(m.Pos, "impossible", "model %s: %s", m.name, why)
		}
	}
	return models
}

// said keeps a span that is said to be 0 from being taken for one that is not said.
func (m *modelDraft) said(key string, s pace.Spread) pace.Spread {
	if m.Node.Entry(key) != nil && s.P50 == 0 {
		s.P50 = pace.AtOnce
	}
	return s
}

// sameNames refuses names that cannot be told apart where it counts: in the
// environment of the app, and in the word by which an answer tells whose it is.
func (b *builder) sameNames() {
	variables, tags := map[string]string{}, map[string]string{}
	for i := range b.draft.providers {
		p := &b.draft.providers[i]
		variable, tag := variableOf(p.name), answer.Tag(p.name)
		switch {
		case variables[variable] != "":
			b.problems.Error(p.Pos, "same-name", "%s and %s both are BROWNOUT_%s_URL in the app's environment; rename one", variables[variable], p.name, variable)
		case tags[tag] != "":
			b.problems.Error(p.Pos, "same-name", "%s and %s would sign their answers with the same word, %q; rename one", tags[tag], p.name, tag)
		}
		variables[variable], tags[tag] = p.name, p.name
	}
}

// variableOf is a provider's name as part of a variable's.
func variableOf(name string) string {
	return strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
}

// newModel keeps the name of a model's draft.
func newModel(m *modelDraft, name string) { m.name = name }

var model = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}$`)

// checkModel wants what providers name models: gpt-4o, org/model:tag.
func checkModel(name string) error {
	if !model.MatchString(name) {
		return errors.New("a model's name: letters, digits and . _ : / @ + -, at most 128")
	}
	return nil
}

// checkAddress wants HOST:PORT with an address of this machine. Port 0 is any.
func checkAddress(text string) error {
	_, port, err := net.SplitHostPort(text)
	n, bad := strconv.ParseUint(port, 10, 16)
	if err != nil || bad != nil || !hostOf(text).IsValid() || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("HOST:PORT with an IP address or localhost, like 127.0.0.1:%d", firstPort)
	}
	return nil
}
