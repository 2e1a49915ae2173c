package findings

import (
	"fmt"

	"github.com/seed-76a9de92/brownout/scorecard/measure"
)

// keptNeeds is the share of follow-up turns at the primary that carry the
// conversation, of an app that is said to have lost it elsewhere. One that trims
// its prompts everywhere has lost nothing by the switch.
const keptNeeds = 0.95

// contextLost looks for follow-up turns that another provider got without the
// conversation that the primary is given.
func contextLost(l *looker) (s sighting) {
	kept, n := map[int32]int{}, map[int32]int{} // by journey, at its primary
	for _, v := range l.Counted {
		if a, ok := l.FollowUp(v); a != nil && a.Provider == l.Journey(v.Journey).Home {
			n[v.Journey]++
			if ok {
				kept[v.Journey]++
			}
		}
	}
	for i, v := range l.Counted {
		keeps := n[v.Journey] >= measure.LeastInstances && float64(kept[v.Journey]) >= keptNeeds*float64(n[v.Journey])
		if a, ok := l.FollowUp(v); keeps && a != nil && !ok && a.Provider != l.Journey(v.Journey).Home {
			s.see(l, v.Line, i)
		}
	}
	s.sentence = fmt.Sprintf("%s went to another provider without the conversation so far", requests(s.count))
	return s
}
