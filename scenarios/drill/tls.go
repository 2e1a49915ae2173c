package drill

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
)

// Trust says who signs for the providers that speak TLS. The zero value makes an
// authority for the drill alone, whose key is never written.
type Trust struct {
	// Authority is one that apps trust already, from a File that the drill leaves
	// alone.
	Authority *faults.Authority
	// File is where apps find the authority's certificate. Without Authority it is
	// written; "" is then a temporary file, removed at the end.
	File string
	// Hosts are names and addresses that clients call the providers by, beside those
	// of loopback and the ones listened on.
	Hosts []string
}

// caVariables are the variables by which clients learn whom to trust: OpenSSL and
// with it Python's httpx, Go and Ruby; Python's requests; Node.
func caVariables() []string {
	return []string{"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}
}

// trust sees that there is an authority, and a file of it, if a provider speaks
// TLS or answers for a real one, which does.
func (d *drill) trust() error {
	t := &d.opts.Trust
	safe := slices.ContainsFunc(d.plan.Providers, func(p scenarios.Provider) bool { return p.TLS })
	if t.Authority != nil || !safe && !d.opts.Intercept {
		return nil
	}
	authority, err := faults.NewAuthority()
	if err != nil {
		return err
	}
	t.Authority = authority
	if err := d.writeCA(); err != nil {
		return fmt.Errorf("write the drill's CA: %w", err)
	}
	return nil
}

// writeCA writes the authority's certificate. Its path is whole, for apps that
// run elsewhere.
func (d *drill) writeCA() error {
	t := &d.opts.Trust
	if t.File == "" {
		f, err := os.CreateTemp("", "brownout-ca-*.pem")
		if err != nil {
			return err
		}
		t.File, d.temporary = f.Name(), f.Name()
		if err := f.Close(); err != nil {
			return err
		}
	}
	path, err := filepath.Abs(t.File)
	if err != nil {
		return err
	}
	t.File = path
	return os.WriteFile(path, t.Authority.PEM(), 0o644) //nolint:gosec // it is for everybody to read
}

// distrust removes the temporary file that trust made.
func (d *drill) distrust() error {
	if d.temporary == "" {
		return nil
	}
	path := d.temporary
	d.temporary = ""
	return os.Remove(path)
}

// roots are what clients in this process trust; nil: what the system trusts.
func (d *drill) roots() *x509.CertPool {
	if d.opts.Trust.Authority == nil {
		return nil
	}
	return d.opts.Trust.Authority.Pool()
}

// secure makes the provider's listener speak TLS.
func (p *provider) secure(l net.Listener, d *drill) (net.Listener, error) {
	hosts := slices.Concat(d.opts.Trust.Hosts, d.standsFor(p.spec.Spec.Dialect))
	if host, _, err := net.SplitHostPort(p.spec.Listen); err == nil && !net.ParseIP(host).IsUnspecified() {
		hosts = append(hosts, host)
	}
	safe, err := faults.ListenTLS(l, d.opts.Trust.Authority, faults.TLSOptions{
		Seed: d.plan.Seed, Hosts: hosts,
		Hit:     func(faults.Hit) { p.faulted.Add(1) },
		Refused: func(err error) { d.ledger.refused(p.name, err) },
		Struck:  p.struck,
	})
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	p.tls = safe
	return safe, nil
}

// refused notes, until the clock starts, that a client did not want to speak to a
// provider because of its certificate.
func (l *ledger) refused(provider string, err error) {
	if l.start.Load() != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.distrust[fmt.Sprintf("%s: %s", provider, strings.TrimPrefix(err.Error(), "remote error: tls: "))] = true
}

// distrusted are the providers that clients refused, and why.
func (l *ledger) distrusted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sortedKeys(l.distrust)
}
