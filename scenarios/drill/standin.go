package drill

import (
	"crypto/tls"
	"net/url"
	"strings"
	"sync"

	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

// A standIn has the drill's providers answer for the real ones: for each host the
// first of its dialect.
type standIn struct {
	drill *drill

	mu           sync.Mutex
	certificates map[string]*tls.Config // by host
}

// answer says which provider answers for a host; nil for none.
func (s *standIn) answer(host string, real egress.Provider) *egress.Answer {
	for _, p := range s.drill.providers {
		if real.Dialect == "" || p.spec.Spec.Dialect != real.Dialect {
			continue
		}
		u, err := url.Parse(p.endpoint.URL)
		if err != nil {
			return nil
		}
		if p.tls != nil { // it has the hosts' names in its certificate
			if strings.Contains(strings.TrimPrefix(real.Host, "*."), "*") {
				return nil // no certificate has such a pattern
			}
			return &egress.Answer{Addr: u.Host}
		}
		config, err := s.inTheNameOf(host)
		if err != nil {
			return nil
		}
		return &egress.Answer{Addr: u.Host, TLS: config, Distrusted: func(err error) { s.drill.ledger.refused(p.name, err) }}
	}
	return nil
}

// maxNames bounds the certificates that are kept: there are few hosts, and more
// names for them than anybody needs.
const maxNames = 100

// inTheNameOf is how the guard speaks TLS as a host.
func (s *standIn) inTheNameOf(host string) (*tls.Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if config := s.certificates[host]; config != nil {
		return config, nil
	}
	certificate, err := s.drill.opts.Trust.Authority.Certificate(host)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{certificate},
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
	}
	if len(s.certificates) < maxNames {
		s.certificates[host] = config
	}
	return config, nil
}

// standsFor are the names of real providers that a provider answers to over TLS.
func (d *drill) standsFor(dialect string) []string {
	var names []string
	for _, real := range egress.Providers() {
		if d.opts.Intercept && real.Dialect == dialect && !strings.Contains(strings.TrimPrefix(real.Host, "*."), "*") {
			names = append(names, real.Host)
		}
	}
	return names
}
