package faults

// Kinds is the table of all faults, one row each, family by family.
func Kinds() []Kind {
	var all []Kind
	for _, rows := range tables() {
		all = append(all, rows()...)
	}
	return all
}

// tables are the parts of the table.
func tables() []func() []Kind {
	return []func() []Kind{refusals, edges, untrue, pauses, breaks, oddities, contents, loads, transports, handshakes}
}

// kindOf finds a row by its name.
func kindOf(name string) (Kind, bool) {
	for _, rows := range tables() {
		for _, k := range rows() {
			if k.Name == name {
				return k, true
			}
		}
	}
	return Kind{}, false
}

// place is where a fault of the kind lands that says a, with the kind's default.
func (k Kind) place(a At) At {
	if a.Place == "" && len(k.Places) > 0 {
		return At{Place: k.Places[0], Token: 12}
	}
	return a
}

// status is a parameter for the status of an answer.
func status(standard any, doc string, allowed ...string) Param {
	return Param{Name: "status", Type: Status, Allowed: allowed, Default: standard, Doc: doc}
}

// errorParam is a parameter for the error of an answer whose status says 200.
func errorParam(doc string) Param {
	return Param{
		Name: "error", Type: Word, Allowed: []string{"server_error", "overloaded", "rate_limit"}, Default: "server_error",
		Doc: doc,
	}
}
