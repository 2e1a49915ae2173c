package scorecard

import (
	"cmp"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A ledger is all that a log says, both sides of it, joined and classified. The
// measures are taken from it.
type ledger struct {
	setup    record.Setup      // its providers are those of models
	services []record.Provider // those with effects
	visits   []visit           // by due time
	attempts []attempt         // by arrival
	signs    []sign            // of the attempts, until they are joined
	effects  []effect          // calls of services, by arrival
	marks    []marked          // by moment
	steps    []step            // of whoever changed the course, by moment
	ended    *record.End
	last     record.Seconds // the latest moment that a line was written

	// What runs are of.
	words    []byte
	hashes   []uint64
	moments  []record.Seconds
	tries    []int32
	extras   []extra // the first is that of a visit with nothing extra
	contexts []run   // of hashes: other nonces that a prompt carries; the first is of one that carries none

	journeys, providers, kinds, notes, keys, models names
	agents                                          map[int32]map[string]bool // provider → user agents
	paths                                           map[string]int            // unknown paths, bounded

	strange  int   // lines that are none of ours
	foreign  []int // the numbers of the first few of them
	cut      bool  // the last line was cut off
	early    int   // lines more than outOfOrder older than one before them
	setups   []int // lines of setups of other drills
	missing  int   // requests of which the log has no line
	reported int   // requests that others sent and told of
	unsure   bool  // some request's outcome is unknown
	hasSetup bool

	course
	memo
	join   Join
	facts  []journey        // by the number of its name
	nobody *journey         // whose a lost request is
	turns  map[askedIn]bool // where there are sessions
}

// nonce is a visit's own word.
func (l *ledger) nonce(v *visit) []byte { return l.words[v.nonce.at:][:v.nonce.n] }

// extra is what a visit has that few have.
func (l *ledger) extra(v *visit) *extra { return &l.extras[v.extra] }

// again is when a visit's user left and sent it again.
func (l *ledger) again(v *visit) []record.Seconds {
	r := l.extra(v).again
	return l.moments[r.at:][:r.n]
}

// hashesOf are the hashes of a run.
func (l *ledger) hashesOf(r run) []uint64 { return l.hashes[r.at:][:r.n] }

// triesOf are a visit's attempts, by arrival.
func (l *ledger) triesOf(v *visit) []int32 { return l.tries[v.tries.at:][:v.tries.n] }

// A sign is what tells of an attempt for which request it was made.
type sign struct {
	nonce, trace uint64 // hashes, 0: none
	traced       int32  // the number of the request that the trace names, -1: none
}

// marked is a mark, its line, and how long after its moment it was made.
type marked struct {
	record.Mark
	line int32
	late record.Seconds
}

// names numbers words in the order they come.
type names struct {
	index map[string]int32
	list  []string
}

// maxNotes bounds how many different errors and excerpts are kept.
const maxNotes = 10_000

// of gives the word's number, a new one if need be.
func (n *names) of(word string) int32 {
	if i, ok := n.index[word]; ok {
		return i
	}
	if n.index == nil {
		n.index = map[string]int32{}
	}
	i := int32(len(n.list))
	n.index[word] = i
	n.list = append(n.list, word)
	return i
}

// find gives the word's number, or none.
func (n *names) find(word string) int32 {
	if i, ok := n.index[word]; ok {
		return i
	}
	return none
}

// word is the one with number i, "" for none.
func (n *names) word(i int32) string {
	if i < 0 || int(i) >= len(n.list) {
		return ""
	}
	return n.list[i]
}

// keep gives the word's number, none for no word and when there are too many.
func (n *names) keep(word string) int32 {
	if word == "" || len(n.list) >= maxNotes {
		return n.find(word)
	}
	return n.of(word)
}

// hashOf is FNV-1a of a word that is only ever compared, 0 for no word. It is the
// same in every process, for it also orders what is otherwise alike.
func hashOf[T string | []byte](word T) uint64 {
	if len(word) == 0 {
		return 0
	}
	h := uint64(14695981039346656037)
	for i := range len(word) {
		h = (h ^ uint64(word[i])) * 1099511628211
	}
	return cmp.Or(h, 1)
}

// runOf is the run of a list from one length to another.
func runOf(from, to int) run { return run{int32(from), int32(to - from)} }

// appended appends to a list, and gives the run that it did.
func appended[T any](list, more []T) (run, []T) {
	at := len(list)
	list = append(list, more...)
	if len(more) == 0 {
		return run{}, list
	}
	return runOf(at, len(list)), list
}
