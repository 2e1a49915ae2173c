package record

// A MarkKind is one thing that a mark in the log can say. The rows stand in
// [MarkKinds]; who takes marks in, and who tells of them, reads the same rows.
type MarkKind struct {
	Name string
	// People says that somebody outside tells the drill so: a person, an alarm, the
	// app's own status page. The others the drill writes by itself.
	People bool
	Metric string // which it is the end of, "": none
	Doc    string // one sentence
}

// MarkKinds is the table of kinds of marks: those of people first, as an outage
// brings them.
func MarkKinds() []MarkKind {
	return []MarkKind{
		{"alert", true, "alert_time", "An alarm went off."},
		{"acknowledged", true, "acknowledged_time", "Somebody took the alarm."},
		{"diagnosed", true, "diagnosed_time", "Somebody said which provider fails, and how."},
		{"degraded_mode", true, "degraded_mode_time", "The app was switched to its lesser mode: templates, a cache, a smaller model."},
		{"status", true, "status_time", "Users were told: a notice is on the status page."},
		{"all_clear", true, "all_clear_time", "It was called over."},
		{"note", true, "", "Something worth remembering."},
		{"do", false, "", "A step of the scenario called the app."},
		{"login", false, "", "Users could not log in once more, and went on with what they had."},
		{"app_died", false, "", "The app's process ended."},
		{"upstream", false, "", "A real endpoint failed by itself."},
		{"canary", false, "", "No canary was seen, so there was no drill."},
		{"egress", false, "", "The app called a real provider, and the egress guard refused."},
		{"interrupted", false, "", "The drill was interrupted."},
		{"stopped", false, "", "The drill was stopped, by somebody or by a guard rail."},
	}
}

// PeopleMarks are the kinds of marks that may come from outside.
func PeopleMarks() []string {
	var names []string
	for _, k := range MarkKinds() {
		if k.People {
			names = append(names, k.Name)
		}
	}
	return names
}
