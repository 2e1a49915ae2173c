package scorecard

// A family is what all faults of one family have in common for the judge.
type family struct {
	// unseen: what meets the fault may never reach the mock, so that whatever is due
	// while it is open counts as hit.
	unseen bool
	// tears: it also takes the connections that are open when it begins.
	tears bool
	// spoils: it can leave an answer late, torn or bad, where others refuse it.
	spoils bool
	// takesRoom: no attempt has the fault; what the provider turns away by its own
	// limits while it is open was hit.
	takesRoom bool
}

// familyOf is the row of a family by its name.
func familyOf(name string) family {
	switch name {
	case "time", "stream", "content":
		return family{spoils: true}
	case "transport":
		return family{unseen: true, tears: true}
	case "tls": // is about new connections alone
		return family{unseen: true}
	case "load":
		return family{takesRoom: true}
	}
	return family{} // http
}
