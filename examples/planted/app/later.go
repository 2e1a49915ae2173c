package app

import (
	"net/http"
	"strconv"
)

// accept keeps a question for later and gives its id.
func (a *App) accept(q question) int {
	q.later = true
	a.mu.Lock()
	defer a.mu.Unlock()
	a.putOff = append(a.putOff, q)
	return len(a.putOff) - 1
}

// serveLater answers what was put off, if it can now.
func (a *App) serveLater(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	a.mu.Lock()
	known := err == nil && id >= 0 && id < len(a.putOff) && !a.rules.loses
	var q question
	if known {
		q = a.putOff[id]
	}
	a.mu.Unlock()
	if !known {
		http.Error(w, `{"error":"nobody knows of it"}`, http.StatusNotFound)
		return
	}
	a.did("retry_put_off")
	a.answer(r.Context(), &q, &reply{w: w})
}
