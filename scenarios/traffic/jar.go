package traffic

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxCookies bounds how many cookies a user keeps, as browsers do.
	maxCookies = 50

	// maxCookie bounds one, name and value together. A longer one is not kept.
	maxCookie = 4 << 10
)

// A jar keeps the cookies of one user. All are for one target, and for all of its
// paths: what a path or a domain says is not looked at.
type jar struct {
	mu     sync.Mutex
	values map[string]string
}

// take keeps what a reply sets, and forgets what it deletes. It tells each value that
// is new.
func (j *jar) take(head http.Header, tell func(value string)) {
	lines := head["Set-Cookie"]
	if len(lines) == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, line := range lines[:min(len(lines), maxCookies)] {
		c, err := http.ParseSetCookie(line)
		switch {
		case err != nil || len(c.Name)+len(c.Value) > maxCookie:
		case c.MaxAge < 0, c.MaxAge == 0 && !c.Expires.IsZero() && c.Expires.Before(time.Now()):
			delete(j.values, c.Name)
		case j.values[c.Name] == c.Value && c.Value != "":
		case j.values[c.Name] != "" || len(j.values) < maxCookies:
			if j.values == nil {
				j.values = map[string]string{}
			}
			j.values[c.Name] = c.Value
			tell(c.Value)
		}
	}
}

// adopt puts the cookies of another jar, which nobody else uses, over its own.
func (j *jar) adopt(other *jar) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.values == nil {
		j.values = map[string]string{}
	}
	for _, name := range slices.Sorted(maps.Keys(other.values)) {
		if _, known := j.values[name]; known || len(j.values) < maxCookies {
			j.values[name] = other.values[name]
		}
	}
}

// put adds the cookies to a request, after those that it has of its own.
func (j *jar) put(head http.Header) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.values) == 0 {
		return
	}
	pairs := slices.Clone(head["Cookie"])
	for _, name := range slices.Sorted(maps.Keys(j.values)) {
		pairs = append(pairs, name+"="+j.values[name])
	}
	head["Cookie"] = []string{strings.Join(pairs, "; ")}
}
