package schema

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// Type names a row of the table of types.
type Type string

// The types.
const (
	Text     Type = "text"
	Word     Type = "word" // one of Key.Words
	Name     Type = "name"
	Count    Type = "count"
	Number   Type = "number"
	Flag     Type = "flag"
	Duration Type = "duration"
	Share    Type = "share"
	Rate     Type = "rate"
	ParShare Type = "par_share" // a share, or [Par]
	ParSpan  Type = "par_span"  // a duration, or [Par]
	JSON     Type = "json"      // any YAML that JSON can say
	Values   Type = "values"    // a map of them
	Texts    Type = "texts"     // a map of texts
	Map      Type = "map"       // of the keys of its rows
	Named    Type = "named"     // a map whose keys are names
	List     Type = "list"
	Either   Type = "either" // one of Key.Forms
)

// Row is one row of the table of types.
type Row struct {
	Type   Type
	Allows string        // what may be written, for messages and the reference
	Shape  yamltree.Kind // 0: any

	// read gives the value as Go has it. Its error is errNoUnit, errForm, or one
	// that says what is allowed.
	read func(*yamltree.Node) (any, error)
}

// Types is the table of types. Those without read are walked by [Decode].
func Types() []Row {
	return []Row{
		{Text, "text", yamltree.Scalar, readText},
		{Word, "a word", yamltree.Scalar, readText},
		{Name, "a name: letters, digits, - and _, a letter first, at most 40", yamltree.Scalar, readName},
		{Count, "a whole number", yamltree.Scalar, readCount},
		{Number, "a number", yamltree.Scalar, readNumber},
		{Flag, "true or false", yamltree.Scalar, readFlag},
		{Duration, "a duration with its unit, like 350ms, 5s, 1m30s or 2h", yamltree.Scalar, unit(ParseDuration)},
		{Share, "a share, like 40% or 0.5%", yamltree.Scalar, unit(ParseShare)},
		{Rate, "a rate, like 20/s or 600/min", yamltree.Scalar, unit(ParseRate)},
		{ParShare, "a share, like 40%, or par, or par - 2%", yamltree.Scalar, unit(orPar(ParseShare))},
		{ParSpan, "a duration with its unit, like 350ms, 5s or 2h, or par, or par + 2s", yamltree.Scalar, unit(orPar(ParseDuration))},
		{JSON, "any value", 0, (*yamltree.Node).Plain},
		{Values, "a map of values", yamltree.Map, (*yamltree.Node).Plain},
		{Texts, "a map of texts", yamltree.Map, nil},
		{Map, "a map", yamltree.Map, nil},
		{Named, "a map of names", yamltree.Map, nil},
		{List, "a list", yamltree.List, nil},
		{Either, "", 0, nil},
	}
}

func row(t Type) Row {
	for _, r := range Types() {
		if r.Type == t {
			return r
		}
	}
	return Row{Type: t}
}

func readText(n *yamltree.Node) (any, error) {
	if n.Tag == yamltree.Null {
		return nil, errForm
	}
	return n.Text, nil
}

var name = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,39}$`)

func readName(n *yamltree.Node) (any, error) {
	if !name.MatchString(n.Text) || n.Tag == yamltree.Null {
		return nil, errForm
	}
	return n.Text, nil
}

// whole is a number as JSON writes it: YAML's octal and hexadecimal are
// numbers, too, but nobody means them here.
var whole = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

func readCount(n *yamltree.Node) (any, error) {
	if !plainNumber(n) || !whole.MatchString(n.Text) {
		return nil, errForm
	}
	v, err := strconv.ParseUint(n.Text, 10, 64)
	if err != nil {
		return nil, errors.New("a whole number below 2^64")
	}
	return v, nil
}

func readNumber(n *yamltree.Node) (any, error) {
	if !plainNumber(n) || !decimal.MatchString(n.Text) {
		return nil, errForm
	}
	v, err := strconv.ParseFloat(n.Text, 64)
	if err != nil {
		return nil, errForm
	}
	return v, nil
}

// plainNumber says whether a scalar may be a number: a quoted one is text,
// unless it had to be quoted to hold a variable.
func plainNumber(n *yamltree.Node) bool { return !n.Quoted || n.Filled }

func readFlag(n *yamltree.Node) (any, error) {
	if !plainNumber(n) || n.Text != "true" && n.Text != "false" {
		return nil, errForm
	}
	return n.Text == "true", nil
}

// unit makes a reader of a parser of text.
func unit[T time.Duration | float64 | any](parse func(string) (T, error)) func(*yamltree.Node) (any, error) {
	return func(n *yamltree.Node) (any, error) {
		v, err := parse(strings.TrimSpace(n.Text))
		return v, err
	}
}

// store puts a value where a row's Into points. An unknown pointer is a mistake
// in the table, which any test of the row shows.
func store(into, v any) {
	switch to := into.(type) {
	case *string:
		*to = v.(string)
	case *int:
		*to = int(v.(uint64))
	case *uint64:
		*to = v.(uint64)
	case *float64:
		*to = v.(float64)
	case *bool:
		*to = v.(bool)
	case **bool:
		b := v.(bool)
		*to = &b
	case *time.Duration:
		*to = v.(time.Duration)
	case *map[string]string:
		*to = v.(map[string]string)
	case *map[string]any:
		*to = v.(map[string]any)
	case *any:
		*to = v
	default:
		panic("schema: a row's Into gives what no value fits into")
	}
}

// size is a value as a number, for bounds.
func size(v any) (float64, bool) {
	switch v := v.(type) {
	case uint64:
		return float64(v), true
	case float64:
		return v, true
	case time.Duration:
		return float64(v), true
	}
	return 0, false
}
