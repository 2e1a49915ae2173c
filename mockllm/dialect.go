package mockllm

import (
	"net/http"
	"slices"
	"strings"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// Dialect is one wire format: a row of the table of [Dialects].
type Dialect struct {
	Name string
	Doc  string // which API it is, one sentence
	// Effects says that its calls do something in the world, where a model's only say
	// something: nobody fails over from it, and a repeated call may be a repeated deed.
	Effects bool

	base    func(url string) string         // what an SDK wants as its base URL
	env     func(base, key string) []string // the SDK's variables, as NAME=value
	version string                          // the first part of every path, which callers may leave out or give twice
	also    []string                        // other versions, under which is the same
	key     func(http.Header) string        // the API key of a request, "" for none
	keyIn   string                          // a query parameter that the key may be in as well
	form    func(*http.Request) string      // the [Request.Form] of a request; nil: it has none
	routes  []route
	within  []string          // endpoints of requests that the server makes of others
	models  func() []snapshot // those that the provider has when the spec names none
	limits  limits.Amounts    // a minute, of a customer whose spec has none; of 0 there is no such limit
	hint    string            // the form in which its own limiter tells how long to wait
	burst   [2]int            // tokens that an event of a stream carries, from and to
	refuse  func(asked, refusal) Reply
	answer  func(asked, Failure) Reply
	event   func(asked, Failure) []byte // with its blank line
	part    func(event []byte) Part
}

// route is one endpoint of a dialect.
type route struct {
	method   string
	path     string // after the version; {x} stands for a segment, {x}:y for one that ends in :y, {x...} for the rest
	endpoint string
	// read understands a request and says how to serve it, or refuses it.
	read func(*call) (func(*exchange), *Reply)
}

// A refusal is why a request is turned away before its route has a look at it.
type refusal int

const (
	unknownPath refusal = iota
	wrongMethod
	tooLarge
	noKey
)

// unknown is the endpoint of a path that the dialect does not have.
const unknown = "unknown"

// Dialects is the table of all wire formats, one row each.
func Dialects() []Dialect {
	var all []Dialect
	for _, row := range rows() {
		all = append(all, row())
	}
	return all
}

// rows are the table's, yet to be made.
func rows() []func() Dialect {
	return []func() Dialect{openai, anthropic, azureOpenAI, gemini, toolbox}
}

// dialect finds a row by its name.
func dialect(name string) (Dialect, bool) {
	for _, row := range rows() {
		if d := row(); d.Name == name {
			return d, true
		}
	}
	return Dialect{}, false
}

// bursts draws how many tokens the events of a stream carry. The cuts belong to the
// answer, like its pace: a fault at an event hits the same words in every run.
func (d Dialect) bursts(tokens int, by draw.Answer) (bursts []int) {
	rng := by.Rand("bursts")
	from, to := d.burst[0], d.burst[1]
	for tokens > 0 {
		n := min(max(from+rng.IntN(to-from+1), 1), tokens)
		bursts = append(bursts, n)
		tokens -= n
	}
	return bursts
}

// Endpoints are the names that [Request.Endpoint] can have, but for unknown.
func (d Dialect) Endpoints() []string {
	var names []string
	for _, r := range d.routes {
		if !slices.Contains(names, r.endpoint) {
			names = append(names, r.endpoint)
		}
	}
	return append(names, d.within...)
}

// BaseURL is what the dialect's SDKs want as base URL for a provider at url; url
// itself for a dialect that there is none of.
func BaseURL(dialectName, url string) string {
	d, ok := dialect(dialectName)
	if !ok {
		return url
	}
	return d.base(strings.TrimRight(url, "/"))
}

// Env are the variables, as NAME=value and sorted, by which the dialect's SDKs
// find a provider at url; nil for a dialect that there is none of.
func Env(dialectName, url, key string) []string {
	d, ok := dialect(dialectName)
	if !ok {
		return nil
	}
	return slices.Sorted(slices.Values(d.env(BaseURL(dialectName, url), key)))
}

// find looks up a route. Apps write base URLs with the version, without it, and
// with one more of it than the SDK adds: all are right, as are doubled slashes.
// wrongMethod comes with the route whose path it is, unknownPath with none.
func (d Dialect) find(method, path string) (r route, vars map[string]string, why refusal, ok bool) {
	parts := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	for len(parts) > 0 && (parts[0] == d.version || slices.Contains(d.also, parts[0])) {
		parts = parts[1:]
	}
	why = unknownPath
	for _, candidate := range d.routes {
		v, fits := match(candidate.path, parts)
		switch {
		case fits && candidate.method == method:
			return candidate, v, 0, true
		case fits && why == unknownPath:
			r, why = candidate, wrongMethod
		}
	}
	return r, nil, why, false
}

// about is the key of a request, and its form.
func (d Dialect) about(r *http.Request) (key, form string) {
	if key = d.key(r.Header); key == "" && d.keyIn != "" {
		key = r.URL.Query().Get(d.keyIn)
	}
	if d.form != nil {
		form = d.form(r)
	}
	return key, form
}

// match compares a path with a route's, and takes what its {x} stand for.
func match(pattern string, parts []string) (map[string]string, bool) {
	want := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	var vars map[string]string
	for i, w := range want {
		name, isVar := strings.CutPrefix(w, "{")
		switch {
		case i >= len(parts):
			return nil, false
		case !isVar && w != parts[i]:
			return nil, false
		case !isVar:
			continue
		}
		if vars == nil {
			vars = make(map[string]string)
		}
		if rest, ok := strings.CutSuffix(name, "...}"); ok {
			vars[rest] = strings.Join(parts[i:], "/")
			return vars, true
		}
		name, suffix, _ := strings.Cut(name, "}")
		value, fits := strings.CutSuffix(parts[i], suffix)
		if !fits || value == "" {
			return nil, false
		}
		vars[name] = value
	}
	return vars, len(want) == len(parts)
}
