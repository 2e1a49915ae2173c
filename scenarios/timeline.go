package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/scenarios/schema"
	"github.com/seed-76a9de92/brownout/scenarios/yamltree"
)

// timeline lays the phases one after the other and the faults' windows on them.
func (b *builder) timeline() {
	b.phaseNames()
	var at time.Duration
	twins := map[string]int{}
	for i := range b.draft.phases {
		p := &b.draft.phases[i]
		phase := Phase{Name: p.name, From: at, To: at + p.length}
		for j := range p.faults {
			if f := b.fault(&p.faults[j], i); f != nil {
				if twins[f.Key]++; twins[f.Key] > 1 {
					f.Key += "#" + strconv.Itoa(twins[f.Key])
				}
				phase.Faults = append(phase.Faults, sentence(*f, &p.faults[j]))
				b.window(f, &p.faults[j], phase)
			}
		}
		phase.Steps = b.steps(p)
		b.plan.Phases = append(b.plan.Phases, phase)
		at = phase.To
	}
	b.plan.Length = at
	if at > maxLength {
		b.problems.Error(b.draft.At("phases"), "out-of-bounds", "the phases last %s; allowed: at most 24h in all", schema.FormatDuration(at))
	}
	if n := len(b.plan.Windows); n > maxWindows {
		b.problems.Error(b.draft.At("phases"), "out-of-bounds", "%d faults, each on each of its providers; allowed: at most %d", n, maxWindows)
		b.plan.Windows = b.plan.Windows[:maxWindows]
		return
	}
	if n := b.plan.bouts(); n > maxBouts {
		b.problems.Error(b.draft.At("phases"), "out-of-bounds", "faults come %d times, by their cycles and on each of their providers; allowed: at most %d", n, maxBouts)
		for _, w := range b.plan.Windows {
			w.Fault.Cycle = faults.Cycle{}
		}
		return
	}
	b.transportConflicts()
}

// fault makes a fault of a draft, nil when the draft is not sound: then it is
// reported already, and nothing can be said about it as a whole.
func (b *builder) fault(f *faultDraft, phase int) *faults.Fault {
	b.faultProviders(f)
	if !f.Sound() {
		return nil
	}
	kinds := faults.Kinds()
	kind := kinds[slices.IndexFunc(kinds, func(k faults.Kind) bool { return k.Name == f.kind })]
	made := &faults.Fault{
		Kind: f.kind, Providers: f.providers, Share: f.shares(), Match: f.match.Match, At: f.place(), Params: faults.Params{},
		Cycle: f.cycle.Cycle, First: f.first, Sticky: f.sticky, Draw: f.draw,
	}
	for _, p := range kind.Params {
		if v := f.param(p); v != nil {
			made.Params[p.Name] = v
		}
	}
	made.Key = keyOf(made, kind, b.draft.phases[phase].name)
	b.places = append(b.places, faultPlace{made, f, phase, kind})
	b.checkFault(made, f, phase)
	return made
}

// window opens a fault on each of its providers.
func (b *builder) window(made *faults.Fault, f *faultDraft, phase Phase) {
	from, to := f.span(phase)
	for _, name := range made.Providers {
		b.plan.Windows = append(b.plan.Windows, faults.Window{Fault: made, Provider: name, From: from, To: to})
	}
}

// span is when a fault is open in its phase.
func (f *faultDraft) span(phase Phase) (from, to time.Duration) {
	from, to = phase.From+f.after, phase.To
	if f.until > 0 {
		to = phase.From + f.until
	}
	return from, to
}

// shares is the share of a draft in either form. A kind that takes everything
// has none.
func (f *faultDraft) shares() faults.Share {
	s := faults.Share{From: f.share.flat, To: f.share.flat, Rise: f.ramp}
	switch n := f.Node.Get("share"); {
	case n != nil && n.Kind == yamltree.Map:
		s.From, s.To = f.share.from, f.share.to
	case n == nil:
		s.From, s.To = 1, 1
	}
	return s
}

// place is where a fault lands. In the map's forms the key is the place.
func (f *faultDraft) place() faults.At {
	at := f.at
	n := f.Node.Get("at")
	switch {
	case n.Get(faults.AtToken) != nil:
		at.Place = faults.AtToken
	case n.Get(faults.AtShare) != nil:
		at.Place = faults.AtShare
	}
	return at
}

// param is a parameter as the kind wants it, nil when there is none.
func (f *faultDraft) param(p faults.Param) any {
	switch v := f.params[p.Name].(type) {
	case *factorDraft:
		return v.slow()
	case *waitDraft:
		return v.wait()
	case *any:
		return ofType(*v, p.Type)
	}
	return nil
}

// ofType gives a decoded parameter the Go type that its row promises.
func ofType(v any, t faults.ParamType) any {
	switch v := v.(type) {
	case uint64:
		return int(v)
	case string:
		if t == faults.Status {
			n, err := strconv.Atoi(v)
			if err != nil {
				return nil // the row's words are numbers
			}
			return n
		}
	}
	return v
}

func (f *factorDraft) slow() faults.Slow {
	or1 := func(v float64) float64 {
		if v == 0 {
			return 1
		}
		return v
	}
	switch {
	case f.flat != 0:
		return faults.Slow{TTFTFrom: f.flat, TTFTTo: f.flat, GapFrom: f.flat, GapTo: f.flat}
	case f.from != 0 || f.to != 0:
		from, to := or1(f.from), or1(f.to)
		return faults.Slow{TTFTFrom: from, TTFTTo: to, GapFrom: from, GapTo: to}
	}
	ttft, gap := or1(f.ttft), or1(f.gap)
	return faults.Slow{TTFTFrom: ttft, TTFTTo: ttft, GapFrom: gap, GapTo: gap}
}

func (w *waitDraft) wait() faults.Wait {
	switch {
	case w.date != 0:
		return faults.Wait{For: w.date, Form: "date"}
	case w.ms != 0:
		return faults.Wait{For: w.ms, Form: "ms"}
	case w.float != 0:
		return faults.Wait{For: w.float, Form: "float"}
	case w.escalate != nil:
		return faults.Wait{Form: "escalate", Steps: w.escalate}
	}
	if d, ok := w.flat.(time.Duration); ok {
		return faults.Wait{For: d, Form: "seconds"}
	}
	return faults.Wait{Form: "none"}
}

// keyOf names a fault's draws by what the fault is. Share and parameters are
// left out, so that turning a knob keeps everybody's luck and two runs can be
// compared request by request. Twins get a number.
func keyOf(f *faults.Fault, kind faults.Kind, phase string) string {
	key := phase + "/" + strings.Join(f.Providers, "+") + "/" + f.Kind
	if at := f.At; at != (faults.At{}) && (at.Place == faults.AtToken || at.Place != kind.Places[0]) {
		key += "@" + strings.ReplaceAll(at.String(), " ", "-")
	}
	if words := matchWords(f.Match); len(words) > 0 {
		key += "[" + strings.Join(words, ",") + "]"
	}
	return key
}

// sentence says in short what goes wrong: "primary: rate_limit 90%".
func sentence(f faults.Fault, draft *faultDraft) string {
	s := strings.Join(f.Providers, ", ") + ": " + f.Kind
	if name, ok := f.Params["name"].(string); ok { // of a toxic
		s += " " + name
	}
	switch {
	case f.Share.From != f.Share.To:
		s += " " + schema.FormatShare(f.Share.From) + "→" + schema.FormatShare(f.Share.To)
	case f.Share.From != 1:
		s += " " + schema.FormatShare(f.Share.From)
	}
	if f.At != (faults.At{}) {
		s += " at " + f.At.String()
	}
	if words := matchWords(f.Match); len(words) > 0 {
		s += " of " + strings.Join(words, ", ")
	}
	if f.Share.Rise > 0 {
		s += ", rising for " + schema.FormatDuration(f.Share.Rise)
	}
	if draft.after > 0 {
		s += ", after " + schema.FormatDuration(draft.after)
	}
	if draft.until > 0 {
		s += ", until " + schema.FormatDuration(draft.until)
	}
	return s + chosen(f)
}
