package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// A Problem is an answer that says what is wrong, as RFC 9457 has it. It is an error,
// so that a route's work may end with it.
type Problem struct {
	Title   string   `json:"title" doc:"the status in words"`
	Status  int      `json:"status" doc:"the HTTP status"`
	Code    string   `json:"code" doc:"what is wrong, for programs: stale_state, drill_over, unknown, refused, future, …"`
	Detail  string   `json:"detail" doc:"what is wrong, for people"`
	Allowed []string `json:"allowed,omitempty" doc:"what would be right"`
}

func (p *Problem) Error() string { return p.Detail }

func refusal(status int, code, format string, args ...any) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Refuse is the answer to a request that says something wrong.
func Refuse(code, format string, args ...any) *Problem {
	return refusal(http.StatusUnprocessableEntity, code, format, args...)
}

// problemOf is the answer to what an action came to.
func problemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	switch {
	case errors.Is(err, drill.ErrStale):
		return refusal(http.StatusConflict, "stale_state", "%s", err)
	case errors.Is(err, drill.ErrOver):
		return refusal(http.StatusConflict, "drill_over", "%s", err)
	case errors.Is(err, drill.ErrUnknown):
		return refusal(http.StatusUnprocessableEntity, "unknown", "%s", err)
	}
	if long, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return refusal(http.StatusRequestEntityTooLarge, "body", "the body is longer than %d bytes", long.Limit)
	}
	return Refuse("refused", "%s", err)
}

func (p *Problem) write(w http.ResponseWriter) { write(w, p.Status, "application/problem+json", p) }

// write writes an answer. One that does not reach its reader is the reader's loss.
func write(w http.ResponseWriter, status int, kind string, answer any) {
	b, err := json.Marshal(answer)
	if err != nil {
		status, kind = http.StatusInternalServerError, "application/problem+json"
		b, _ = json.Marshal(refusal(status, "internal", "the answer cannot be written: %s", err))
	}
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n'))
}
