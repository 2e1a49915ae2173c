// Package desk has four small apps that survive an outage of their model, and
// the test that says so: with plain net/http, failsafe-go, sony/gobreaker and
// openai-go. Each is the same support desk with another way to ask a model; start
// at the one whose library you use.
package desk

import (
	"context"
	"encoding/json"
	"net/http"
)

// An Asker asks a model. It is the part in which the examples differ.
type Asker interface {
	Ask(ctx context.Context, message string) (string, error)
}

// New makes the app: POST /chat {"message": "…"} → {"reply": "…"}. When no model
// answers it says so in words of its own.
func New(model Asker) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Message string `json:"message"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			http.Error(w, "send {\"message\": …}", http.StatusBadRequest)
			return
		}
		reply, err := model.Ask(r.Context(), in.Message)
		if err != nil {
			http.Error(w, "nobody is at the desk; please try again in a minute", http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"reply": reply}) // a client that left needs none
	})
}
