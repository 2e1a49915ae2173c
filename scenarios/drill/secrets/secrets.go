// Package secrets keeps what must stay secret out of what a drill writes: the API keys
// that it gave out and those that arrived at its mocks, which may well be real, what
// users of the app were given to be known by, and what the scenario and the
// environment hold under the name of a secret.
//
//	known := secrets.NewSet()
//	known.Environment(os.Environ())
//	hash := known.Key(key)      // as it may be written
//	text = known.Clean(text)    // with every secret replaced
//	log := secrets.NewWriter(file, known)
//
// It finds secrets that it has been told of, and what stands where one does, behind
// "Authorization: Bearer" or "password=". It cannot know of a secret that an app prints
// in the middle of a sentence before anybody has told of it.
package secrets

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A Set is the secrets that are known so far. Safe for concurrent use.
type Set struct {
	mu     sync.RWMutex
	keys   map[string]string // key → its hash
	values map[string]string // what else is hidden → what stands for it
	order  []string          // of both, the longest first, for one may be the beginning of another

	learned tokens // what users were given
	logins  logins // under way
}

// NewSet knows of no secret yet.
func NewSet() *Set {
	return &Set{keys: map[string]string{}, values: map[string]string{}}
}

// minKey is the length from which a key is looked for in texts; "x" or "test"
// would be found in every sentence.
const minKey = 12

// minGiven is that length for what the scenario's own ${VAR} stood for, under the name of
// a key or a password. It is looked for as a word of its own.
const minGiven = 6

// maxKeys bounds what a client that invents keys can make us remember.
const maxKeys = 1000

// Key remembers an API key and returns its [Hash]. Keys shorter than 12 bytes, which
// other texts have, too, and those beyond the first 1,000 are not looked for.
func (s *Set) Key(key string) string {
	if len(key) < minKey {
		return Hash(key)
	}
	s.mu.RLock()
	hash, ok := s.keys[key]
	s.mu.RUnlock()
	if ok {
		return hash
	}
	hash = Hash(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.keys[key]; !ok && len(s.keys) < maxKeys {
		s.keys[key] = hash
		s.ordered(key)
	}
	return hash
}

// ordered puts a secret where it is looked for; s.mu is held.
func (s *Set) ordered(secret string) {
	at, _ := slices.BinarySearchFunc(s.order, secret, func(a, b string) int {
		return cmp.Or(len(b)-len(a), strings.Compare(a, b))
	})
	s.order = slices.Insert(s.order, at, secret)
}

// hide remembers the value of a variable, line by line as an app would print it, and
// as it stands in a URL or in JSON, of lines that are not too short.
func (s *Set) hide(name, value string, least int) {
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

// Learn remembers what the app gave a user to be known by, a session or a token, of 12
// bytes at least.
func (s *Set) Learn(value string) {
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

// Given remembers what a variable of the scenario, ${NAME}, stood for. Under the name of
// a key or a password, it is looked for from 6 bytes on, unless it is an ordinary word;
// else from 12.
func (s *Set) Given(name, value string) {
	least := minKey
	if givenName.MatchString(name) && !ordinary.MatchString(value) {
		least = minGiven
	}
	s.hide(name, value, least)
}

// secretName is how a variable is called that holds a secret.
var secretName = regexp.MustCompile(`(?i)KEY\d*(_|$)|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|COOKIE|AUTH(_|$|ORIZ)`)

// givenName is how a variable is called of which nobody doubts that it holds a secret:
// MAX_TOKENS and AUTH_TYPE do not.
var givenName = regexp.MustCompile(`(?i)(^|_)(API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASS|PASSPHRASE)\d*$`)

// ordinary is a word, which other sentences have, too.
var ordinary = regexp.MustCompile(`^\pL?(\p{Ll}*|\p{Lu}*)$`)

// Environment remembers the secrets among variables, NAME=value, by their names.
func (s *Set) Environment(environ []string) {
	for _, v := range environ {
		if name, value, _ := strings.Cut(v, "="); secretName.MatchString(name) {
			s.hide(name, value, minKey)
		}
	}
}

// Shown reports whether a text shows an API key in full.
func (s *Set) Shown(text string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for key := range s.keys {
		if strings.Contains(text, key) {
			return true
		}
	}
	return false
}

// Clean replaces every key in a text by its hash, every other secret by the name of
// its variable, and what is none that we know but stands where one does by a hash.
func (s *Set) Clean(text string) string {
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
		return found[:at[2]] + Hash(value)
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

// Login says that a user logs in, until it is told that this has ended: what the app
// prints meanwhile may show a secret that only its reply will tell of. See [Writer].
func (s *Set) Login() (ended func()) { return s.logins.begin() }

// longest is how long the longest secret is.
func (s *Set) longest() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.order) == 0 {
		return 0
	}
	return len(s.order[0])
}

// Hash is how an API key appears in ledgers and cards, "key_" and 12 hexadecimal digits;
// "" for "". Real keys do arrive at the mocks; they are never stored.
func Hash(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("brownout\x00" + key))
	return "key_" + hex.EncodeToString(sum[:6])
}
