package ledger

// A Family is what all faults of one family have in common for the judge.
type Family struct {
	// Unseen: what meets the fault may never reach the mock, so that whatever is due
	// while it is open counts as hit.
	Unseen bool
	// tears: it also takes the connections that are open when it begins.
	tears bool
	// Spoils: it can leave an answer late, torn or bad, where others refuse it.
	Spoils bool
	// takesRoom: no attempt has the fault; what the provider turns away by its own
	// limits while it is open was hit.
	takesRoom bool
}

// FamilyOf is the row of a family by its name.
func FamilyOf(name string) Family {
	switch name {
	case "time", "stream", "content":
		return Family{Spoils: true}
	case "transport":
		return Family{Unseen: true, tears: true}
	case "tls": // is about new connections alone
		return Family{Unseen: true}
	case "load":
		return Family{takesRoom: true}
	}
	return Family{} // http
}
