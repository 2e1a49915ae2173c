package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/seed-76a9de92/brownout/cmd/brownout/aside"
	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// caUsage is what --ca means wherever it is.
const caUsage = "CA `FILE` for providers with TLS, made if it is not there, with its key in FILE.key (default one for this drill alone)"

// trusted is the authority that --ca names; none without the flag.
func trusted(path string) (drill.Trust, error) {
	if path == "" {
		return drill.Trust{}, nil
	}
	authority, err := readAuthority(path)
	if errors.Is(err, fs.ErrNotExist) {
		authority, err = makeAuthority(path)
	}
	if err == nil {
		path, err = filepath.Abs(path)
	}
	if err != nil {
		return drill.Trust{}, &exit{
			code: exitTool, err: fmt.Errorf("--ca: %w", err),
			hint: "name a file that is not there yet: it is made, with its key beside it",
		}
	}
	return drill.Trust{Authority: authority, File: path}, nil
}

// ahead is the authority for an environment that is printed before the drill.
func ahead(plan *scenarios.Plan, path string) (drill.Trust, error) {
	if !slices.ContainsFunc(plan.Providers, func(p scenarios.Provider) bool { return p.TLS }) {
		return drill.Trust{}, nil
	}
	if path == "" {
		return drill.Trust{}, &exit{
			code: exitUsage,
			err:  errors.New("a provider speaks TLS, and nobody knows yet whom to trust"),
			hint: "--ca drill-ca.pem makes a CA; give the same to run or serve",
		}
	}
	return trusted(path)
}

func readAuthority(path string) (*faults.Authority, error) {
	key, err := os.ReadFile(path + ".key")
	if err != nil {
		return nil, err
	}
	certificate, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return faults.ReadAuthority(certificate, key)
}

// makeAuthority leaves a certificate alone that it did not make the key of.
func makeAuthority(path string) (*faults.Authority, error) {
	if _, err := os.Stat(path); err == nil {
		return nil, fmt.Errorf("%s is there and its key %s.key is not", path, path)
	}
	authority, err := faults.NewAuthority()
	if err != nil {
		return nil, err
	}
	key, err := authority.KeyPEM()
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path+".key", key, 0o600); err != nil {
		return nil, err
	}
	return authority, aside.Write(path, func(w io.Writer) error {
		_, err := w.Write(authority.PEM())
		return err
	})
}
