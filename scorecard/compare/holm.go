package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// alpha is the chance that is left to a claim to be false: to any claim of a
// comparison, not to each.
const alpha = 0.05

// holm corrects the p values of the judged rows for their number, by Holm's method:
// it holds whatever the rows have to do with each other. It gives how many there are.
func holm(rows []Row) int {
	var judged []*Row
	for i := range rows {
		if r := &rows[i]; r.Judged && r.P != nil {
			judged = append(judged, r)
		}
	}
	slices.SortStableFunc(judged, func(a, b *Row) int { return cmp.Compare(*a.P, *b.P) })
	least := 0.0
	for i, r := range judged {
		least = max(least, min(*r.P*float64(len(judged)-i), 1))
		corrected := least
		r.Corrected = &corrected
		r.claim(len(judged))
	}
	return len(judged)
}

// claim says what the row shows, being one of so many judged.
func (r *Row) claim(judged int) {
	r.Claim = Same
	switch {
	case r.leaning != 0 && r.least()*float64(judged) > alpha:
		r.Reason = r.tooFew(judged)
	case *r.Corrected > alpha || r.leaning == 0:
	case r.trifle():
		r.Reason = "too little to matter: a change of a time counts from 10 ms and 5 % on"
	case r.better == "":
	case (r.leaning > 0) == (r.better == "high"):
		r.Claim = Better
	default:
		r.Claim = Worse
	}
}

// least is the smallest p value that the row's test could have come to, had all that
// differs been on one side.
func (r *Row) least() float64 {
	if r.Test == ByPairs {
		return math.Pow(0.5, float64(r.Witnesses-1))
	}
	return 2 / math.Exp(logChoose(r.A.Runs+r.B.Runs, r.A.Runs))
}

// tooFew says that there was no way to a claim.
func (r *Row) tooFew(judged int) string {
	if r.Test == ByPairs {
		return fmt.Sprintf("%s differ, all within %s: of so few even all on one side prove nothing",
			plural(r.More+r.Fewer, "request", "requests"), plural(r.Witnesses, "second", "seconds"))
	}
	return fmt.Sprintf("%d runs against %d are too few for %s: even if no value of one side met one of the other, nothing would be proved",
		r.A.Runs, r.B.Runs, plural(judged, "row", "rows"))
}

// trifle says whether a time has changed by so little that two machines, or one
// with something else to do, differ by as much.
func (r *Row) trifle() bool {
	if r.Unit != "s" || r.Change == nil {
		return false
	}
	change := *r.Change
	if r.Typical != nil {
		change = r.Typical.Mid
	}
	return max(change, -change) < max(0.010, 0.05*max(*r.A.Value, *r.B.Value))
}
