package faults

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"time"
)

// An Authority signs the certificates of a drill. Whoever trusts it trusts its
// key's holder to be anybody, so it is for drills alone.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// How long certificates last. The authority is older than the certificate that
// has expired, for some clients want it so.
const (
	authorityBefore = 60 * 24 * time.Hour
	authorityAfter  = 2 * 365 * 24 * time.Hour
	leafBefore      = time.Hour
	leafAfter       = 365 * 24 * time.Hour
	expiredBefore   = 30 * 24 * time.Hour
	expiredSince    = 24 * time.Hour
)

// anotherHost is whose certificate cert_wrong_host shows: nobody's.
const anotherHost = "another-host.invalid"

// NewAuthority makes one of its own key, from now on.
func NewAuthority() (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "brownout drill CA"},
		NotBefore:             now.Add(-authorityBefore),
		NotAfter:              now.Add(authorityAfter),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("make a certificate authority: %w", err)
	}
	return &Authority{certificate, key}, nil
}

// ReadAuthority reads what [Authority.PEM] and [Authority.KeyPEM] wrote. One that
// has expired is an error.
func ReadAuthority(certificate, key []byte) (*Authority, error) {
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("read a certificate authority: %w", err)
	}
	private, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	switch {
	case !ok || !pair.Leaf.IsCA:
		return nil, errors.New("read a certificate authority: it is none that brownout made")
	case time.Now().After(pair.Leaf.NotAfter):
		return nil, fmt.Errorf("read a certificate authority: it expired on %s", pair.Leaf.NotAfter.Format(time.DateOnly))
	}
	return &Authority{pair.Leaf, private}, nil
}

// PEM is the authority's certificate, for clients to trust.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// KeyPEM is the private key, for nobody but [ReadAuthority].
func (a *Authority) KeyPEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, fmt.Errorf("write a certificate authority: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Pool has the authority alone, for clients in this process.
func (a *Authority) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

// Certificate makes a certificate for hosts, names or IP addresses, that is good
// now.
func (a *Authority) Certificate(hosts ...string) (tls.Certificate, error) {
	return a.sign(hosts, leafBefore, leafAfter)
}

// sign makes a certificate for hosts, names or IP addresses, with a key of its
// own. It is good from so long before now until so long after.
func (a *Authority) sign(hosts []string, before, after time.Duration) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a certificate: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: hosts[0]},
		NotBefore:   now.Add(-before),
		NotAfter:    now.Add(after),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("sign a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
