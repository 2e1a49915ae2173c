// Package ledger reads a log into memory and makes one thing of its two sides: the
// lines become compact visits (what users asked) and attempts (what reached a
// provider), each attempt is joined to the visit that it was made for, and each
// visit gets the phase and the outage that it belongs to, and its outcome. What is
// measured and found is asked of that; nothing here says whether it is good.
//
//	l, err := ledger.Read(record.Read(file))
//	…
//	for _, v := range l.Counted {
//		fmt.Println(v.Due, v.Outcome)
//	}
//
// It keeps a row of fixed size for each line, 128 bytes for a visit, 96 for an attempt
// and 40 for a connection that a fault had, and of its text the request's nonce alone:
// exact quantiles, the moment from which all is well, and the lines that show it, need
// every request until the end. Texts and lists are numbers into the ledger's own
// lists; [None] is the number of nothing, and [Never] the moment that did not come.
package ledger

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Ledger is all that a log says, both sides of it, joined and classified. The
// measures are taken from it.
type Ledger struct {
	Setup    record.Setup      // its providers are those of models
	Services []record.Provider // those with effects
	Visits   []Visit           // by due time
	Attempts []Attempt         // by arrival
	signs    []sign            // of the attempts, until they are joined
	Effects  []Effect          // calls of services, by arrival
	Conns    []Conn            // that a fault had, by when it did
	Marks    []Marked          // by moment
	Steps    []Step            // of whoever changed the course, by moment
	Ended    *record.End
	Last     record.Seconds // the latest moment that a line was written

	// What runs are of.
	words    []byte
	hashes   []uint64
	moments  []record.Seconds
	tries    []int32
	extras   []Extra // the first is that of a visit with nothing extra
	Contexts []Run   // of hashes: other nonces that a prompt carries; the first is of one that carries none

	Journeys, Providers, Kinds, Notes, keys, Models Names
	Agents                                          map[int32]map[string]bool // provider → user agents
	Paths                                           map[string]int            // unknown paths, bounded

	Strange  int   // lines that are none of ours
	Foreign  []int // the numbers of the first few of them
	Cut      bool  // the last line was cut off
	Early    int   // lines more than OutOfOrder older than one before them
	Setups   []int // lines of setups of other drills
	Missing  int   // requests of which the log has no line
	Reported int   // requests that others sent and told of
	Unsure   bool  // some request's outcome is unknown
	HasSetup bool

	Course
	Join   Join
	Facts  []Journey        // by the number of its name
	nobody *Journey         // whose a lost request is
	Turns  map[askedIn]bool // where there are sessions
}

// Nonce is a visit's own word.
func (l *Ledger) Nonce(v *Visit) []byte { return l.words[v.nonce.at:][:v.nonce.N] }

// Extra is what a visit has that few have.
func (l *Ledger) Extra(v *Visit) *Extra { return &l.extras[v.extra] }

// Again is when a visit's user left and sent it again.
func (l *Ledger) Again(v *Visit) []record.Seconds {
	r := l.Extra(v).Again
	return l.moments[r.at:][:r.N]
}

// HashesOf are the hashes of a run.
func (l *Ledger) HashesOf(r Run) []uint64 { return l.hashes[r.at:][:r.N] }

// TriesOf are a visit's attempts, by arrival.
func (l *Ledger) TriesOf(v *Visit) []int32 { return l.tries[v.Tries.at:][:v.Tries.N] }

// A sign is what tells of an attempt for which request it was made.
type sign struct {
	nonce, trace uint64 // hashes, 0: none
	traced       int32  // the number of the request that the trace names, -1: none
}

// Marked is a mark, its line, and how long after its moment it was made.
type Marked struct {
	record.Mark
	Line int32
	Late record.Seconds
}

// Names numbers words in the order they come.
type Names struct {
	index map[string]int32
	List  []string
}

// maxNotes bounds how many different errors and excerpts are kept.
const maxNotes = 10_000

// of gives the word's number, a new one if need be.
func (n *Names) of(word string) int32 {
	if i, ok := n.index[word]; ok {
		return i
	}
	if n.index == nil {
		n.index = map[string]int32{}
	}
	i := int32(len(n.List))
	n.index[word] = i
	n.List = append(n.List, word)
	return i
}

// Find gives the word's number, or none.
func (n *Names) Find(word string) int32 {
	if i, ok := n.index[word]; ok {
		return i
	}
	return None
}

// Word is the one with number i, "" for none.
func (n *Names) Word(i int32) string {
	if i < 0 || int(i) >= len(n.List) {
		return ""
	}
	return n.List[i]
}

// keep gives the word's number, none for no word and when there are too many.
func (n *Names) keep(word string) int32 {
	if word == "" || len(n.List) >= maxNotes {
		return n.Find(word)
	}
	return n.of(word)
}

// HashOf is FNV-1a of a word that is only ever compared, 0 for no word. It is the
// same in every process, for it also orders what is otherwise alike.
func HashOf[T string | []byte](word T) uint64 {
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
func runOf(from, to int) Run { return Run{int32(from), int32(to - from)} }

// appended appends to a list, and gives the run that it did.
func appended[T any](list, more []T) (Run, []T) {
	at := len(list)
	list = append(list, more...)
	if len(more) == 0 {
		return Run{}, list
	}
	return runOf(at, len(list)), list
}

// byMoment orders marks by what they say, for that must not depend on the order of
// the lines.
func byMoment(a, b Marked) int {
	return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Actor, b.Actor),
		cmp.Compare(a.Provider, b.Provider), cmp.Compare(a.Fault, b.Fault), cmp.Compare(a.Note, b.Note), cmp.Compare(a.Line, b.Line))
}

// Counted goes through the visits that count, by due time.
func (l *Ledger) Counted(yield func(i int32, v *Visit) bool) {
	for i := range l.Visits {
		if v := &l.Visits[i]; !v.Warm && v.Outcome != Unknown && !yield(int32(i), v) {
			return
		}
	}
}

func (l *Ledger) PhaseName(i int32) string {
	if i < 0 || int(i) >= len(l.Setup.Phases) {
		return ""
	}
	return l.Setup.Phases[i].Name
}

func (l *Ledger) PhaseNamed(name string) int32 {
	return int32(slices.IndexFunc(l.Setup.Phases, func(p record.Phase) bool { return p.Name == name }))
}
