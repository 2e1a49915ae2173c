package drill

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// guard starts the egress guard of an app with an environment, with files in dir.
func (d *drill) guard(environ []string, dir string) (*egress.Guard, error) {
	opts := egress.Options{
		Environ: environ,
		Dir:     dir,
		Direct:  hostsOf(d.endpoints()),
		Refused: func(r egress.Refusal) { d.ledger.left(r, d.wayBack(r.Dialect)) },
	}
	if d.opts.Intercept {
		stand := &standIn{drill: d, certificates: map[string]*tls.Config{}}
		opts.Answer = stand.answer
		opts.CA, opts.CAVariables = d.opts.Trust.Authority.PEM(), caVariables()
	}
	return egress.Start(opts)
}

// hostsOf are the hosts of mocks, each once. The guard must not stand before them:
// it would answer for one that answers nothing.
func hostsOf(endpoints []Endpoint) []string {
	hosts := map[string]bool{}
	for _, e := range endpoints {
		if u, err := url.Parse(e.URL); err == nil {
			hosts[u.Hostname()] = true
		}
	}
	return sortedKeys(hosts)
}

// wayBack says what leads an app that calls a real provider to the mocks.
func (d *drill) wayBack(dialect string) string {
	switch {
	case dialect == "":
		return "there is no mock of it"
	case !slices.ContainsFunc(d.plan.Providers, func(p scenarios.Provider) bool { return p.Spec.Dialect == dialect }):
		return "no provider of the drill speaks " + dialect
	}
	const mock = "http://mock"
	var variables []string
	for _, v := range mockllm.Env(dialect, mock, "") {
		if name, value, _ := strings.Cut(v, "="); strings.HasPrefix(value, mock) {
			variables = append(variables, name)
		}
	}
	return "set " + strings.Join(variables, " or ")
}

// left writes down that the app was kept from a real provider. What came before the
// clock started is written when it does.
func (l *ledger) left(r egress.Refusal, wayBack string) {
	m := record.Mark{Kind: "egress", Note: fmt.Sprintf("%s (%s)", r.Host, wayBack), Count: r.Count}
	l.mu.Lock()
	if l.start.Load() == nil {
		l.strays = append(l.strays, m)
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	m.At = max(l.at(r.At), 0)
	l.write(record.Line{Kind: "mark", Mark: &m})
}

// straysSoFar are the hosts of real providers that were called before the clock
// started.
func (l *ledger) straysSoFar() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	hosts := map[string]bool{}
	for _, m := range l.strays {
		hosts[m.Note] = true
	}
	return sortedKeys(hosts)
}
