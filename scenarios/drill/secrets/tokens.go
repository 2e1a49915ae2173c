package secrets

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
)

// tokens are what users of the app were given to be known by: of each as much as it
// takes to find it again. There may be as many as there are users, so they are looked
// up by their last bytes; the first are the same in all of a kind, as JWTs are. The
// zero tokens is empty.
type tokens struct {
	byEnd map[[minKey]byte][]token
}

type token struct {
	length int
	sum    [sha256.Size]byte
}

// add remembers one that has minKey bytes at least.
func (t *tokens) add(value string) {
	end := [minKey]byte([]byte(value[len(value)-minKey:]))
	one := token{len(value), sha256.Sum256([]byte(value))}
	if slices.Contains(t.byEnd[end], one) {
		return
	}
	if t.byEnd == nil {
		t.byEnd = map[[minKey]byte][]token{}
	}
	t.byEnd[end] = append(t.byEnd[end], one)
	slices.SortFunc(t.byEnd[end], func(a, b token) int { return b.length - a.length })
}

// clean puts a hash in the place of each that a text has.
func (t *tokens) clean(text string) string {
	if len(t.byEnd) == 0 {
		return text
	}
	var b strings.Builder
	from := 0 // of what is not written yet
	for to := minKey; to <= len(text); to++ {
		ends := t.byEnd[[minKey]byte([]byte(text[to-minKey:to]))]
		for _, one := range ends {
			begin := to - one.length
			if begin < from || sha256.Sum256([]byte(text[begin:to])) != one.sum {
				continue
			}
			b.WriteString(text[from:begin])
			b.WriteString(Hash(text[begin:to]))
			from = to
			break
		}
	}
	b.WriteString(text[from:])
	return b.String()
}

// logins are the logins under way. What an app prints while one is may hold a token
// that only the reply will tell us of. The zero logins is none.
type logins struct {
	mu   sync.Mutex
	next int // number of the next one
	open []int
}

// begin counts one, until it is told that it has ended.
func (l *logins) begin() (ended func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.next
	l.next++
	l.open = append(l.open, n)
	return func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.open = slices.DeleteFunc(l.open, func(have int) bool { return have == n })
	}
}

// begun is how many have ever begun, over how many of these have ended before the
// first that has not.
func (l *logins) begun() (begun, over int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.open) > 0 {
		return l.next, l.open[0]
	}
	return l.next, l.next
}
