package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
)

func phaseKey() *schema.Key {
	return &schema.Key{
		Name: "phase", Type: schema.Map,
		Keys: []schema.Key{
			{
				Name: "name", Type: schema.Name, Required: true, Example: "surge",
				Doc:  "What bars and the card call it.",
				Into: schema.Field(func(p *phaseDraft) any { return &p.name }),
			},
			{
				Name: "for", Type: schema.Duration, Required: true, Example: "30s", Least: "100ms", Most: "24h",
				Doc:  "How long it lasts.",
				Into: schema.Field(func(p *phaseDraft) any { return &p.length }),
			},
			{
				Name: "faults", Type: schema.List, Item: faultKey(), Items: 100,
				Doc:  "What goes wrong in it. A request takes the first one that draws it, in file order.",
				Into: schema.Field(func(p *phaseDraft) any { return schema.Add(&p.faults) }),
			},
			doKey(),
		},
	}
}

// faultKey has the keys of every fault; which others there are depends on its
// kind, see [kindKeys].
func faultKey() *schema.Key {
	k := &schema.Key{
		Name: "fault", Type: schema.Map, By: "kind",
		Keys: []schema.Key{
			{
				Name: "provider", Type: schema.Either, Required: true, Example: "primary",
				Doc:  "Whom it befalls: one provider, or a list.",
				Into: schema.Field(func(f *faultDraft) any { return &f.providers }),
				Forms: []schema.Key{
					{Type: schema.Name, Into: schema.Field(func(l *[]string) any { return schema.Add(l)("") })},
					{
						Type: schema.List, Item: &schema.Key{Name: "provider", Type: schema.Name}, Items: 50,
						Into: schema.Field(func(l *[]string) any { return schema.Add(l) }),
					},
				},
			},
			{
				Name: "kind", Type: schema.Word, Required: true, Example: "rate_limit",
				Words: kindNames(), Meant: faults.Meant(),
				Doc:  "What goes wrong.",
				Into: schema.Field(func(f *faultDraft) any { return &f.kind }),
			},
			{
				Name: "after", Type: schema.Duration, Default: "0s",
				Doc:  "When in its phase it begins.",
				Into: schema.Field(func(f *faultDraft) any { return &f.after }),
			},
			{
				Name: "until", Type: schema.Duration, Least: "1ms",
				Doc:  "When in its phase it ends; without it with the phase.",
				Into: schema.Field(func(f *faultDraft) any { return &f.until }),
			},
			cycleKey(),
		},
	}
	match := matchKeys()
	for _, kind := range faults.Kinds() {
		k.Cases = append(k.Cases, schema.Case{Word: kind.Name, Doc: kind.Doc, Keys: kindKeys(kind, match)})
	}
	return k
}

// kindKeys are the keys of one kind beside those of every fault: what its row
// of the table of faults allows. What can be matched is the same for all kinds.
func kindKeys(kind faults.Kind, match []schema.Key) []schema.Key {
	rows := []schema.Key{
		shareKey(kind), rampKey(kind), matchKey(kind, match), atKey(kind),
		firstKey(kind), stickyKey(kind), drawKey(kind),
	}
	for _, p := range kind.Params {
		rows = append(rows, paramKey(p))
	}
	return rows
}

// impossible refuses a key that cannot mean anything where it stands.
func impossible(name, why string) schema.Key {
	return schema.Key{Name: name, Refused: why, Code: "impossible"}
}

func shareKey(kind faults.Kind) schema.Key {
	if kind.WholeOnly {
		return impossible("share", kind.Name+" takes "+kind.Takes()+"; leave it out")
	}
	share := func(name string, into func(*shareDraft) any) schema.Key {
		return schema.Key{
			Name: name, Type: schema.Share, Least: "0%", Most: "100%", Example: "40%",
			Required: name != "share", Into: schema.Field(into),
		}
	}
	flat := share("share", func(s *shareDraft) any { return &s.flat })
	from := share("from", func(s *shareDraft) any { return &s.from })
	to := share("to", func(s *shareDraft) any { return &s.to })
	from.Doc, to.Doc = "At the beginning of the window.", "At its end."
	return schema.Key{
		Name: "share", Type: schema.Either, Default: "100%", Example: "40%",
		Doc:   "The share of the matching requests that no earlier fault took; from and to are linear over the window.",
		Into:  schema.Field(func(f *faultDraft) any { return &f.share }),
		Forms: []schema.Key{flat, {Type: schema.Map, Keys: []schema.Key{from, to}}},
	}
}

func rampKey(kind faults.Kind) schema.Key {
	if kind.WholeOnly {
		return impossible("ramp", kind.Name+" takes "+kind.Takes()+"; leave it out")
	}
	return schema.Key{
		Name: "ramp", Type: schema.Duration, Default: "0s",
		Doc:  "How long the share rises from 0 first.",
		Into: schema.Field(func(f *faultDraft) any { return &f.ramp }),
	}
}

func atKey(kind faults.Kind) schema.Key {
	if len(kind.Places) == 0 {
		return impossible("at", kind.Name+" takes no place in the answer; leave it out")
	}
	var words, names []string
	var inside []schema.Key
	for _, place := range kind.Places {
		switch place {
		case faults.AtToken:
			inside, names = append(inside, schema.Key{
				Name: place, Type: schema.Count, Least: "1", Most: "100000", Example: "12",
				Doc:  "After that many pieces of content.",
				Into: schema.Field(func(at *faults.At) any { return &at.Token }),
			}), append(names, place)
		case faults.AtShare:
			inside, names = append(inside, schema.Key{
				Name: place, Type: schema.Share, Least: "0%", Most: "100%", Example: "50%",
				Doc:  "After that part of the answer.",
				Into: schema.Field(func(at *faults.At) any { return &at.Share }),
			}), append(names, place)
		default:
			words = append(words, place)
		}
	}
	key := schema.Key{
		Name: "at", Type: schema.Either, Example: "{token: 12}",
		Doc:  fmt.Sprintf("Where in the answer it lands; without it at %s.", strings.ReplaceAll(kind.Places[0], "_", " ")),
		Into: schema.Field(func(f *faultDraft) any { return &f.at }),
	}
	if len(words) > 0 {
		key.Forms = append(key.Forms, schema.Key{Type: schema.Word, Words: words, Into: schema.Field(func(at *faults.At) any { return &at.Place })})
	}
	if len(inside) > 0 {
		key.Forms = append(key.Forms, schema.Key{Type: schema.Map, Keys: inside, Rules: []schema.Rule{schema.ExactlyOne(names...)}})
	}
	return key
}

// paramKey makes a row of a kind's parameter, by its type alone.
func paramKey(p faults.Param) schema.Key {
	if p.Refused != "" {
		return impossible(p.Name, p.Refused)
	}
	room := func(draft func() any) func(any) any {
		return schema.Field(func(f *faultDraft) any {
			if f.params == nil {
				f.params = map[string]any{}
			}
			f.params[p.Name] = draft()
			return f.params[p.Name]
		})
	}
	k := schema.Key{Name: p.Name, Doc: p.Doc, Required: p.Required, Default: writeParam(p.Default)}
	k.Into = room(func() any { return new(any) })
	switch p.Type {
	case faults.Duration:
		k.Type, k.Example, k.Most = schema.Duration, "5s", "24h"
	case faults.Status, faults.Word:
		k.Type, k.Words, k.Example = schema.Word, p.Allowed, p.Allowed[0]
	case faults.Count:
		k.Type, k.Example, k.Least, k.Most = schema.Count, "3", strconv.Itoa(p.Least), "1000000"
	case faults.Portion:
		k.Type, k.Example, k.Least, k.Most = schema.Share, "25%", "0%", "100%"
	case faults.Text:
		k.Type = schema.Text
	case faults.Factor:
		k.Type, k.Example, k.Forms = schema.Either, "4", factorForms()
		k.Into = room(func() any { return new(factorDraft) })
	case faults.RetryAfter:
		k.Type, k.Example, k.Forms = schema.Either, "5s", waitForms()
		k.Into = room(func() any { return new(waitDraft) })
	}
	return k
}

func factorForms() []schema.Key {
	factor := func(name, doc string, into func(*factorDraft) any) schema.Key {
		return schema.Key{Name: name, Type: schema.Number, Doc: doc, Least: "1", Most: "1000", Example: "4", Into: schema.Field(into)}
	}
	return []schema.Key{
		factor("", "", func(f *factorDraft) any { return &f.flat }),
		{
			Type: schema.Map,
			Rules: []schema.Rule{
				schema.OneAtLeast("from", "to", "ttft", "gap"),
				schema.OneAtMost("from", "ttft"), schema.OneAtMost("from", "gap"),
				schema.OneAtMost("to", "ttft"), schema.OneAtMost("to", "gap"),
			},
			Keys: []schema.Key{
				factor("from", "At the beginning of the window; without it 1.", func(f *factorDraft) any { return &f.from }),
				factor("to", "At its end; without it 1.", func(f *factorDraft) any { return &f.to }),
				factor("ttft", "Of the time to the first token; without it 1.", func(f *factorDraft) any { return &f.ttft }),
				factor("gap", "Of the time between tokens; without it 1.", func(f *factorDraft) any { return &f.gap }),
			},
		},
	}
}

func waitForms() []schema.Key {
	return []schema.Key{
		{Type: schema.Duration, Words: []string{"none"}, Most: "24h", Into: schema.Field(func(w *waitDraft) any { return &w.flat })},
		{
			Type: schema.Map, Rules: []schema.Rule{schema.ExactlyOne("date", "ms", "float", "escalate")},
			Keys: []schema.Key{
				{
					Name: "date", Type: schema.Duration, Least: "1s", Most: "24h", Example: "5s",
					Doc:  "Told as a date.",
					Into: schema.Field(func(w *waitDraft) any { return &w.date }),
				},
				{
					Name: "ms", Type: schema.Duration, Least: "1ms", Most: "24h", Example: "1500ms",
					Doc:  "Told in milliseconds.",
					Into: schema.Field(func(w *waitDraft) any { return &w.ms }),
				},
				{
					Name: "float", Type: schema.Duration, Least: "1ms", Most: "24h", Example: "1500ms",
					Doc:  "Told in seconds with a fraction, which not every client can read.",
					Into: schema.Field(func(w *waitDraft) any { return &w.float }),
				},
				{
					Name: "escalate", Type: schema.List, Items: 20, Example: "[1s, 2s, 4s]",
					Item: &schema.Key{Name: "step", Type: schema.Duration, Least: "1s", Most: "24h"},
					Doc:  "Told longer to each further attempt; the last one from there on.",
					Into: schema.Field(func(w *waitDraft) any { return schema.Add(&w.escalate) }),
				},
			},
		},
	}
}

// writeParam writes a parameter's default as a scenario would.
func writeParam(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Duration:
		return schema.FormatDuration(v)
	case faults.Wait:
		if v.Form == "none" {
			return v.Form
		}
		return schema.FormatDuration(v.For)
	case float64:
		return schema.FormatShare(v)
	}
	return fmt.Sprint(v)
}

func kindNames() []string {
	var names []string
	for _, k := range faults.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// later are the words that a later version knows and this one does not.
func later(known []string, words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return slices.Contains(known, w) })
}

// endpoints are all that any dialect has.
func endpoints() []string {
	var all []string
	for _, d := range mockllm.Dialects() {
		for _, e := range d.Endpoints() {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

func dialectNames() []string {
	var names []string
	for _, d := range mockllm.Dialects() {
		names = append(names, d.Name)
	}
	return names
}
