package sheet

// Roles is who takes part in a drill with people in it. Who is free.
func Roles() []Role {
	return []Role{
		{Name: "leader", Does: "starts, steers and stops the drill (brownout ctl); decides by the limits below; takes no part in the mending"},
		{Name: "on-call", Does: "notices, takes the alarm, says which provider fails and how (ctl diagnose), mends as in earnest"},
		{Name: "support", Does: "answers users; switches to templates when the answers are no good (ctl mark degraded_mode)"},
		{Name: "status page", Does: "tells users, and tells them when it is over (ctl mark status, ctl mark all_clear)"},
		{Name: "scribe", Does: "writes down what people saw, said and did, and when (ctl mark note)"},
	}
}

// A Family is what a family of faults means for people.
type Family struct {
	Name            string // http, time, stream, content, load, transport, tls
	See, Say, Watch string
}

// Families is the table of what people meet, by the family of what goes wrong.
func Families() []Family {
	return []Family{
		{
			Name: "http", See: "errors with a status, at once; more attempts than requests",
			Say: "some answers fail or come late; we are moving to another provider", Watch: "statuses by provider, attempts per request, the fallback's share",
		},
		{
			Name: "time", See: "answers late or never, and statuses fine; requests pile up",
			Say: "answers take longer than usual; there is no need to send again", Watch: "time to the first token (p95), requests under way",
		},
		{
			Name: "stream", See: "answers that begin and stop, or end too soon, all with status 200",
			Say: "some answers may be cut short; please read to the end before you rely on one", Watch: "streams without a finish, gaps between tokens, users who ask again",
		},
		{
			Name: "content", See: "answers that are wrong, empty or of the wrong form, and all graphs green",
			Say: "answers may be wrong at the moment; check what matters", Watch: "failed validation, length of answers, what users complain of",
		},
		{
			Name: "load", See: "refusals and waiting that grow with what is sent: retries make it worse",
			Say: "we are busy; what can wait is put off", Watch: "attempts per request, refusals, what is shed and what is not",
		},
		{
			Name: "transport", See: "no connection, or a silent one; no status at all",
			Say: "we cannot reach a provider and are moving to another", Watch: "connection errors and timeouts by provider, breakers",
		},
		{
			Name: "tls", See: "handshakes that fail or hang; certificates that are refused",
			Say: "we cannot reach a provider safely and are moving to another", Watch: "TLS errors by host, dates of certificates",
		},
	}
}

// FamilyOf is a family's row; one that is not in the table has nothing to say.
func FamilyOf(name string) Family {
	for _, f := range Families() {
		if f.Name == name {
			return f
		}
	}
	return Family{Name: name}
}

// HandsOff is what is left alone during an outage, in a drill and in earnest.
func HandsOff() []string {
	return []string{
		"deployments, and configuration that has nothing to do with it",
		"prompts and models: what is changed in haste is found weeks later",
		"retry counts and timeouts, but to lower them",
		"the way back to the first provider, until it has been well for as long as it takes to be sure",
		"the drill itself: the mocks, their faults and the traffic are the leader's",
	}
}

// Abort is what ends a drill at once, whatever the limits say, and how; rules are
// the scenario's own.
func Abort(rules []string) []string {
	list := []string{
		"anybody who is not of the drill is harmed: real users, a real provider, another team's system",
		"something real breaks meanwhile: the drill makes room for it",
		"nobody is sure any more what is the drill and what is not",
	}
	for _, r := range rules {
		list = append(list, "by itself: "+r)
	}
	return append(list, "how: brownout ctl stop, the file that --stop-file names, or Ctrl-C; faults are healed at once and the card is written")
}

// Questions are those of the talk afterwards, by what answers them: the metric's
// name, or "" where people alone can tell.
func Questions() []struct{ Metric, Asked string } {
	return []struct{ Metric, Asked string }{
		{"alert_time", "Who or what noticed first, and how long did it take?"},
		{"acknowledged_time", "When did somebody take it?"},
		{"diagnosed_time", "When did we know which provider failed, and how? What told us?"},
		{"availability", "What did users get meanwhile?"},
		{"failover_time", "By what did the app survive, and how fast?"},
		{"degraded_mode_time", "What was switched by hand that could switch itself?"},
		{"status_time", "When did users know from us?"},
		{"recovery_lag", "How long after its end was it over for users?"},
		{"all_clear_time", "When did we call it over, and what made us sure?"},
		{"", "What surprised us?"},
		{"", "Which action comes first, whose is it, and until when?"},
	}
}
