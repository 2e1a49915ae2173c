package drill

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// secrets are the API keys that must not appear in anything we write: the ones
// we gave out and the ones that arrived, which may well be real.
type secrets struct {
	mu   sync.RWMutex
	keys map[string]string // key → its hash
}

func newSecrets() *secrets { return &secrets{keys: map[string]string{}} }

// minKey is the length from which a key is looked for in texts; "x" or "test"
// would be found in every sentence.
const minKey = 12

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
	if len(s.keys) < maxKeys {
		s.keys[key] = hash
	}
	return hash
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

// clean replaces every key in a text by its hash.
func (s *secrets) clean(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	// The longest first, for one key may be the beginning of another.
	byLength := slices.SortedFunc(maps.Keys(s.keys), func(a, b string) int {
		return len(b) - len(a)
	})
	for _, key := range byLength {
		text = strings.ReplaceAll(text, key, s.keys[key])
	}
	return text
}
