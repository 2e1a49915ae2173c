package traffic

import (
	"iter"
	"time"

	"github.com/seed-76a9de92/brownout/scenarios/traffic/pace"
)

// Due is one planned request.
type Due struct {
	N       int           // n-th of the drill by due time, all journeys together, from 0
	Nth     int           // n-th of its journey, from 0
	Journey int           // index into the journeys
	At      time.Duration // since the start of the drill
	Session int           // which of its journey's, from 0
	Turn    int           // n-th of its session, from 0
	Again   int           // 1 + Nth of the request whose question it asks word for word; 0: its own
}

// Schedule lays all requests of a drill of that length on one timeline, by due
// time and numbered in that order. The moments are absolute: nothing that
// happens during the drill moves one of them.
//
// They are whole microseconds and all different. Where two journeys want the
// same microsecond, the one later in the list takes the next free one. So
// adding a journey behind the others leaves theirs where they are, and adding
// one before them moves theirs only where they meet.
func Schedule(journeys []Journey, seed uint64, length time.Duration) []Due {
	var all []Due
	for i, j := range journeys {
		all = weave(all, i, moments(j, seed, length), length)
	}
	for n := range all {
		all[n].N = n
	}
	for i, j := range journeys {
		if j.Sessions.Turns > 0 {
			seat(all, i, j.Sessions)
		}
		if j.Repeat > 0 {
			repeat(all, i, j, seed)
		}
	}
	return all
}

// weave merges the moments of one journey into those fixed before it, which
// keep theirs. Both come in order.
func weave(fixed []Due, journey int, moments iter.Seq[time.Duration], length time.Duration) []Due {
	var all []Due
	nth, free := 0, time.Duration(0)
	for at := range moments {
		at = max(at, free)
		for len(fixed) > 0 && fixed[0].At <= at {
			if fixed[0].At == at {
				at += pace.Tick
			}
			all, fixed = append(all, fixed[0]), fixed[1:]
		}
		if at >= length {
			break
		}
		all = append(all, Due{Nth: nth, Journey: journey, At: at})
		nth, free = nth+1, at+pace.Tick
	}
	return append(all, fixed...)
}
