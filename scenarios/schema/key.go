// Package schema decodes a tree by a table of keys. A language is one [Key]
// whose rows hold its keys, their types, bounds, allowed words, defaults and
// documentation; the same rows decode a file, word every refusal, name the
// nearest known key, and can be walked for a reference or a JSON Schema.
//
// Start at [Decode]; a language of one key:
//
//	type pause struct {
//		schema.Place
//		For time.Duration
//	}
//	language := schema.Key{Name: "pause", Type: schema.Map, Keys: []schema.Key{{
//		Name: "for", Type: schema.Duration, Required: true, Example: "30s",
//		Doc:  "How long the pause is.",
//		Into: schema.Field(func(p *pause) any { return &p.For }),
//	}}}
//	var p pause
//	schema.Decode(language, root, &p, &problems)
package schema

import "github.com/seed-76a9de92/brownout/scenarios/yamltree"

// Key is one row of the table of a language: a key, what may stand behind it,
// and where that goes.
type Key struct {
	Name string
	Type Type
	Doc  string // what it means, one sentence
	// Example is a value as a file writes it, for rows whose type alone does not
	// show one.
	Example string
	// Default is what stands in when the file has no such key, as a file would
	// write it; "" is no default.
	Default  string
	Words    []string          // allowed words: of a Word all, of a Flag those of the two, of a Duration those besides durations
	Meant    map[string]string // by words that are not among them and that many would take: the one that is meant
	Later    []string          // words that a later version knows
	Least    string            // bounds, as a file would write them
	Most     string
	Items    int // of a List and of Named: how many at most
	Required bool
	// Refused says why a key of the language is refused where it stands; "" is
	// the rule. Code names the reason for filters.
	Refused string
	Code    string

	// Check is for Text, Name and the names of Named; its error says what is
	// allowed.
	Check func(text string) error

	Keys  []Key  // of a Map
	Rules []Rule // of a Map
	Item  *Key   // of a List and of Named: what it holds
	Forms []Key  // of Either: the ways to write it, told apart by their shape
	By    string // of a Map: the key whose value decides which of the Cases holds
	Cases []Case

	// Into gives, for what the map around the key is decoded into, a pointer to
	// where the value goes: *string, *int, *uint64, *float64, *bool, **bool,
	// *time.Duration, *any, *map[string]string, a pointer to a struct of a Map, or
	// or, of a List or Named, what [Add] and [AddNamed] give.
	Into func(owner any) any

	also     string   // what else may stand there, when the row is one of several forms
	meanings []string // of each of the Words, when they decide between cases
}

// Case holds the keys that a map has besides its own when By has the word.
type Case struct {
	Word string
	Doc  string // what the word means
	Keys []Key
}

// Rule says how many of some keys of a map may stand together.
type Rule struct {
	Keys        []string
	Least, Most int
}

// ExactlyOne wants one of several ways to say it.
func ExactlyOne(keys ...string) Rule { return Rule{keys, 1, 1} }

// OneAtMost forbids keys that contradict each other.
func OneAtMost(keys ...string) Rule { return Rule{keys, 0, 1} }

// OneAtLeast refuses a map that says nothing.
func OneAtLeast(keys ...string) Rule { return Rule{keys, 1, len(keys)} }

// NotYet makes the row of a key that a later version knows. Such a key is
// refused, never read and ignored.
func NotYet(names ...string) []Key {
	var rows []Key
	for _, name := range names {
		rows = append(rows, Key{Name: name, Refused: NotInThisVersion, Code: CodeNotInThisVersion})
	}
	return rows
}

// What is said of keys and words that a later version knows.
const (
	NotInThisVersion     = "not in this version"
	CodeNotInThisVersion = "not-in-this-version"
)

// Field is an Into for the fields of a struct.
func Field[T any](field func(*T) any) func(any) any {
	return func(owner any) any { return field(owner.(*T)) }
}

// Place remembers where a map stood that was decoded. A struct that embeds it
// can say where its parts are.
type Place struct {
	Node *yamltree.Node // nil when the file has none
	Pos  yamltree.Pos   // of the key that names the map, or of the map
}

// At is the place of the value that keys lead to, of what there is of it when
// it is missing, and else of the map's own name.
func (p *Place) At(path ...string) yamltree.Pos {
	if p.Node.Entry(path[0]) == nil {
		return p.Pos
	}
	return p.Node.At(path...)
}

// Has says whether the file has the key.
func (p *Place) Has(key string) bool { return p.Node.Entry(key) != nil }

// Sound says that the map was decoded without a problem.
func (p *Place) Sound() bool { return p.Node != nil && p.Node.Sound() }

func (p *Place) put(n *yamltree.Node, pos yamltree.Pos) { p.Node, p.Pos = n, pos }

// Add makes room in a list for one more, for the Into of a List: it gives a
// pointer to it.
func Add[T any](list *[]T) func(name string) any {
	return AddNamed(list, func(*T, string) {})
}

// AddNamed does so for the Into of a Named and keeps the name.
func AddNamed[T any](list *[]T, keep func(item *T, name string)) func(name string) any {
	return func(name string) any {
		*list = append(*list, *new(T))
		last := &(*list)[len(*list)-1]
		keep(last, name)
		return last
	}
}

type placed interface {
	put(n *yamltree.Node, pos yamltree.Pos)
}
