package drill

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm"
)

// Env is the environment an app needs to find the mocks, as NAME=value, sorted.
// The first provider of each dialect gets the SDK's own variables, every
// provider BROWNOUT_<NAME>_URL and _KEY.
func (d *drill) Env() []string {
	var env []string
	seen := map[string]bool{}
	for _, p := range d.providers {
		if !seen[p.spec.Spec.Dialect] {
			seen[p.spec.Spec.Dialect] = true
			env = append(env, mockllm.Env(p.spec.Spec.Dialect, p.url, p.key)...)
		}
		name := envName(p.spec.Name)
		env = append(env, "BROWNOUT_"+name+"_URL="+p.url, "BROWNOUT_"+name+"_KEY="+p.key)
	}
	slices.Sort(env)
	return env
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

// fill puts the providers' addresses into a string of the app's section.
func (d *drill) fill(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(found string) string {
		m := placeholder.FindStringSubmatch(found)
		for _, p := range d.providers {
			if p.spec.Name != m[1] {
				continue
			}
			switch m[2] {
			case "base_url":
				return mockllm.BaseURL(p.spec.Spec.Dialect, p.url)
			case "url":
				return p.url
			default:
				return p.key
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

// hashKey is how an API key appears in ledgers and cards. Real keys do arrive
// at the mocks; they are never stored.
func hashKey(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("brownout\x00" + key))
	return "key_" + hex.EncodeToString(sum[:6])
}
