package compare

import (
	"cmp"
	"slices"

	"github.com/seed-76a9de92/brownout/scorecard"
)

// Users are those whom the change lost, who were served well in A and not in B, and
// those whom it saved.
type Users struct {
	Both    int     `json:"both"`    // served well on both sides
	Neither int     `json:"neither"` // on none
	Lost    int     `json:"lost"`
	Saved   int     `json:"saved"`
	Swings  []Swing `json:"swings"` // at most mostSwings of the lost and as many of the saved, by time
}

// mostSwings bounds how many users are listed of each sort.
const mostSwings = 100

// Swing is one user whom the change lost or saved.
type Swing struct {
	Pair    int     `json:"pair"` // of runs, from 1
	N       int     `json:"n"`
	Nonce   string  `json:"nonce"`
	Journey string  `json:"journey"`
	Phase   string  `json:"phase"`
	DueS    float64 `json:"due_s"`
	Before  string  `json:"before"` // outcome in A
	After   string  `json:"after"`
	Lost    bool    `json:"lost"`
}

// users counts and lists who fared otherwise.
func users(p pairs) Users {
	u := Users{Swings: []Swing{}}
	for _, one := range p.all {
		served := func(f scorecard.Fate) bool { return f.Served }
		switch leaning := one.leaning(served); {
		case leaning == 0 && one.a.Served:
			u.Both++
		case leaning == 0:
			u.Neither++
		case leaning < 0:
			u.Lost++
			u.list(one, u.Lost, true)
		default:
			u.Saved++
			u.list(one, u.Saved, false)
		}
	}
	slices.SortStableFunc(u.Swings, func(a, b Swing) int { return cmp.Or(cmp.Compare(a.Pair, b.Pair), cmp.Compare(a.DueS, b.DueS)) })
	return u
}

func (u *Users) list(one *pairOf, nth int, lost bool) {
	if nth > mostSwings {
		return
	}
	u.Swings = append(u.Swings, Swing{
		Pair: one.run + 1, N: one.a.N, Nonce: one.a.Nonce, Journey: one.a.Journey, Phase: one.phase,
		DueS: one.a.Due.Float(), Before: one.a.Outcome, After: one.b.Outcome, Lost: lost,
	})
}
