package app

// keep remembers a whole answer.
func (a *App) keep(q *question, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.last = turn{q.Session, q.Message, text}
	if a.rules.caches || a.advice != nil {
		a.answers[q.Message] = text
	}
	if q.Session != "" {
		a.talks[q.Session] = append(a.talks[q.Session], a.last)
	}
}

// kept is the answer that a question had before, "" when it had none.
func (a *App) kept(q *question) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answers[q.Message]
}

// talk is the conversation that a question is part of.
func (a *App) talk(q *question) []turn {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.talks[q.Session]
}

// lastOf is the last answer to anybody.
func (a *App) lastOf() turn {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.last
}
