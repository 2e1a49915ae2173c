package traffic

import (
	"strconv"
	"time"
)

// Sessions makes the requests of a journey the turns of its users' sessions.
// The zero value makes each request its own.
type Sessions struct {
	Turns int // of a session
	// Think is the least time from one turn's due moment to the next one's. It
	// counts from there, and not from the answer, so that an app that is slow to
	// answer is not asked less: give it time for both.
	Think time.Duration
}

// Session is the name of the journey's n-th session, from 0: chat-0, chat-1, …;
// "" for a journey without sessions.
func (j Journey) Session(n int) string {
	if j.Sessions.Turns == 0 {
		return ""
	}
	return j.Name + "-" + strconv.Itoa(n)
}

// seat gives the requests of one journey to sessions and moves none of them: a
// request is the next turn of the user who has thought longest, and when all
// are still thinking the first turn of a new one. So the load is the same with
// sessions and without.
//
// Sessions that begin before anybody has thought are shorter, by turns. Else all
// would go through their turns, and end, together.
func seat(all []Due, journey int, s Sessions) {
	type user struct {
		session, turn, turns int
		ready                time.Duration
	}
	var thinking []user // by ready, for all think for the same time
	next := 0
	for i := range all {
		d := &all[i]
		if d.Journey != journey {
			continue
		}
		u := user{session: next, turns: s.Turns}
		switch {
		case len(thinking) > 0 && thinking[0].ready <= d.At:
			u, thinking = thinking[0], thinking[1:]
			u.turn++
		case d.At < s.Think:
			u.turns = 1 + next%s.Turns
			next++
		default:
			next++
		}
		d.Session, d.Turn = u.session, u.turn
		if u.turn+1 < u.turns {
			u.ready = d.At + s.Think
			thinking = append(thinking, u)
		}
	}
}
