package egress

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
)

// trustFile is the file of whom the app is to trust, in the guard's directory.
const trustFile = "trust.pem"

// writeTrust writes whom the app shall trust: the drill's authority, beside all
// whom it trusts without it. Most clients take a file in place of the system's, and
// what the app says to others is none of the drill's business.
func (g *Guard) writeTrust() error {
	all := [][]byte{g.opts.CA}
	for _, name := range g.caVariables() {
		all = append(all, readFirst(variable(g.opts.Environ, name)))
	}
	all = append(all, readFirst(systemRoots()...))
	return os.WriteFile(filepath.Join(g.opts.Dir, trustFile), bytes.Join(all, []byte("\n")), 0o600)
}

// caVariables are those that are to name the file: curl's own, which counts more
// for it than the others, only where it is set.
func (g *Guard) caVariables() []string {
	const curls = "CURL_CA_BUNDLE"
	if variable(g.opts.Environ, curls) == "" {
		return g.opts.CAVariables
	}
	return append(slices.Clone(g.opts.CAVariables), curls)
}

// readFirst reads the first file that is there.
func readFirst(paths ...string) []byte {
	for _, path := range paths {
		if b, err := os.ReadFile(path); err == nil {
			return b
		}
	}
	return nil
}

// systemRoots are where systems keep whom they trust, in one file.
func systemRoots() []string {
	return []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Ubuntu, Gentoo
		"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora, RHEL 6
		"/etc/ssl/ca-bundle.pem",                            // openSUSE
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL 7 and later
		"/etc/ssl/cert.pem",                                 // Alpine, macOS, the BSDs
	}
}
