package drill

import (
	"cmp"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/seed-76a9de92/brownout/scenarios"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// secrets are what must not appear in anything we write: the API keys that we gave
// out and those that arrived, which may well be real, what the scenario's ${VAR} stood
// for, and what the environment holds under the name of a secret.
type secrets struct {
	mu     sync.RWMutex
	keys   map[string]string // key → its hash
	values map[string]string // what else is hidden → what stands for it
	order  []string          // of both, the longest first, for one may be the beginning of another

	learned tokens // what users were given
	logins  logins // under way
}

func newSecrets() *secrets {
	return &secrets{keys: map[string]string{}, values: map[string]string{}}
}

// minKey is the length from which a key is looked for in texts; "x" or "test"
// would be found in every sentence.
const minKey = 12

// minGiven is that length for what the scenario's own ${VAR} stood for, under the name of
// a key or a password. It is looked for as a word of its own.
const minGiven = 6

// maxKeys bounds what a client that invents keys can make us remember.
const maxKeys = 1000

// add remembers a key and returns its hash.
func (s *secrets) add(key string) string {
	if len(key) < minKey {
		return hashKey(key)
	}
	s.mu.RLock()
	hash, ok := s.keys[key]
	s.mu.RUnlock()
	if ok {
		return hash
	}
	hash = hashKey(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.keys[key]; !ok && len(s.keys) < maxKeys {
		s.keys[key] = hash
		s.ordered(key)
	}
	return hash
}

// ordered puts a secret where it is looked for; s.mu is held.
func (s *secrets) ordered(secret string) {
	at, _ := slices.BinarySearchFunc(s.order, secret, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	s.order = slices.Insert(s.order, at, secret)
}

// hide remembers the value of a variable, line by line as an app would print it, and
// as it stands in a URL or in JSON, of lines that are not too short.
func (s *secrets) hide(name, value string, least int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		for _, form := range formsOf(line) {
			if _, known := s.values[form]; known || len(form) < least {
				continue
			}
			s.values[form] = "${" + name + "}"
			s.ordered(form)
		}
	}
}

// learn remembers what the app gave a user to be known by.
func (s *secrets) learn(value string) {
	if len(value) < minKey {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, form := range formsOf(value) {
		s.learned.add(form)
	}
}

// formsOf is a text plain, as in a URL's query, as in its path, and as in JSON, of which
// some encoders escape more than they must.
func formsOf(text string) []string {
	escaped, _ := json.Marshal(text)
	var b strings.Builder
	plain := json.NewEncoder(&b)
	plain.SetEscapeHTML(false)
	_ = plain.Encode(text)
	inside := func(quoted string) string { return quoted[1 : len(quoted)-1] }
	return []string{
		text, url.QueryEscape(text), url.PathEscape(text),
		inside(string(escaped)), inside(strings.TrimSuffix(b.String(), "\n")),
	}
}

// know remembers the secrets of a plan.
func (s *secrets) know(plan *scenarios.Plan) {
	for name, value := range plan.Secrets {
		least := minKey
		if givenName.MatchString(name) && !ordinary.MatchString(value) {
			least = minGiven
		}
		s.hide(name, value, least)
	}
	for _, p := range plan.Providers {
		s.add(mockKey(plan.Seed, p.Name))
		s.add(p.Key)
	}
	if plan.App != nil {
		for name, value := range plan.App.Env {
			s.environment([]string{name + "=" + value})
		}
	}
}

// secretName is how a variable is called that holds a secret.
var secretName = regexp.MustCompile(`(?i)KEY\d*(_|$)|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|AUTH(_|$|ORIZ)`)

// givenName is how a variable is called of which nobody doubts that it holds a secret:
// MAX_TOKENS and AUTH_TYPE do not.
var givenName = regexp.MustCompile(`(?i)(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|PASSPHRASE)\d*$`)

// ordinary is a word, which other sentences have, too.
var ordinary = regexp.MustCompile(`^\pL?(\p{Ll}*|\p{Lu}*)$`)

// environment remembers the secrets among variables, NAME=value.
func (s *secrets) environment(environ []string) {
	for _, v := range environ {
		if name, value, _ := strings.Cut(v, "="); secretName.MatchString(name) {
			s.hide(name, value, minKey)
		}
	}
}

// shownIn reports whether a text shows a key in full.
func (s *secrets) shownIn(text string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for key := range s.keys {
		if strings.Contains(text, key) {
			return true
		}
	}
	return false
}

// clean replaces every key in a text by its hash, every other secret by the name of
// its variable, and what is none that we know but stands where one does by a hash.
func (s *secrets) clean(text string) string {
	s.mu.RLock()
	for _, secret := range s.order {
		if !strings.Contains(text, secret) {
			continue
		}
		if by := cmp.Or(s.values[secret], s.keys[secret]); len(secret) < minKey {
			text = replaceWord(text, secret, by)
		} else {
			text = strings.ReplaceAll(text, secret, by)
		}
	}
	text = s.learned.clean(text)
	s.mu.RUnlock()
	if !suspect(text) {
		return text
	}
	text = credential.ReplaceAllStringFunc(text, func(found string) string {
		at := credential.FindStringSubmatchIndex(found)
		value := found[at[2]:]
		if !strings.ContainsAny(value[1:], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") || strings.HasPrefix(value, "key_") || strings.HasPrefix(value, "${") {
			return found // a word of a sentence, or clean already
		}
		return found[:at[2]] + hashKey(value)
	})
	return login.ReplaceAllString(text, "://***@")
}

// replaceWord replaces a word in a text where it is no part of a longer one.
func replaceWord(text, word, by string) string {
	within := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	begin, _ := utf8.DecodeRuneInString(word)
	end, _ := utf8.DecodeLastRuneInString(word)
	var b strings.Builder
	for rest := text; ; {
		before, after, found := strings.Cut(rest, word)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		left, _ := utf8.DecodeLastRuneInString(text[:len(text)-len(rest)+len(before)])
		right, _ := utf8.DecodeRuneInString(after)
		if within(left) && within(begin) || within(right) && within(end) {
			b.WriteString(word)
		} else {
			b.WriteString(by)
		}
		rest = after
	}
}

// credential is what an Authorization header or a variable like MY_TOKEN shows.
var credential = regexp.MustCompile(`(?i)(?:\b(?:bearer|basic)\s+|(?:key|token|secret|password|authorization)["']?\s*[:=]\s*["'\[]*(?:(?:bearer|basic|token)\s+)?)([^\s"',;&\]\\]{12,})`)

// suspect says whether a text can hold what credential and login look for. Most cannot,
// and each attempt is asked for several: expressions would take longer than its answer.
func suspect(text string) bool {
	if strings.ContainsAny(text, ":=") {
		return true
	}
	for i := range len(text) {
		rest := text[i:]
		switch rest[0] | 0x20 {
		case 'b':
			if len(rest) >= len("basic") && strings.EqualFold(rest[:len("basic")], "basic") ||
				len(rest) >= len("bearer") && strings.EqualFold(rest[:len("bearer")], "bearer") {
				return true
			}
		default:
			if rest[0] >= utf8.RuneSelf { // some letters beyond ASCII fold to those within
				return true
			}
		}
	}
	return false
}

// login is who somebody is in a URL, and by what password.
var login = regexp.MustCompile(`://[^/\s:@"]*:[^/\s@"]+@`)

// longest is how long the longest secret is.
func (s *secrets) longest() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.order) == 0 {
		return 0
	}
	return len(s.order[0])
}

// cleaned is a line of the log without secrets in what the app, the scenario or a
// person has said. Names by which lines refer to one another stay what they are.
func (s *secrets) cleaned(line record.Line) record.Line {
	switch {
	case line.Setup != nil:
		setup := *line.Setup
		setup.App, setup.Scenario.Title = s.clean(setup.App), s.clean(setup.Scenario.Title)
		setup.Providers = slices.Clone(setup.Providers)
		for i := range setup.Providers {
			setup.Providers[i].Upstream = s.clean(setup.Providers[i].Upstream)
		}
		line.Setup = &setup
	case line.Mark != nil:
		mark := *line.Mark
		mark.Note, mark.Actor = s.clean(mark.Note), s.clean(mark.Actor)
		line.Mark = &mark
	}
	return line
}
