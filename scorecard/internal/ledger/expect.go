package ledger

// Answers of which the scenario alone says what they are to look like.

// byExpectation is the outcome of a success in a journey whose answers cannot
// carry brownout's text. What it expects decides whether the answer is one, and
// the attempt behind it, whose.
func (l *Ledger) byExpectation(v *Visit, j *Journey) Outcome {
	k := l.source(v)
	switch {
	case v.unmet && v.marked:
		return Degraded
	case v.unmet:
		return Wrong
	case v.Repeat && v.Tries.N == 0 && l.Joined():
		return Cached
	case l.Extra(v).PutOff != Never:
		return Deferred
	case k == None && l.Joined() && v.marked:
		return Degraded
	case k == None && l.Joined():
		return Unverified // of the app's own making
	case v.marked, k != None && j.Home != None && l.Attempts[k].Provider != j.Home:
		return Fallback
	}
	return Good
}

// source is the last attempt that was answered before a user's request ended,
// none without one.
func (l *Ledger) source(v *Visit) int32 {
	k := None
	for _, try := range l.TriesOf(v) {
		if a := &l.Attempts[try]; a.Endpoint == EndpointText && l.Answers(try) && a.Arrived <= v.Ended {
			k = try
		}
	}
	return k
}
