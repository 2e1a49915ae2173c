package mockllm

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"
)

// openaiBatch is one batch. Its run changes it as time goes by.
type openaiBatch struct {
	cancel context.CancelFunc // ends the run

	mu  sync.Mutex
	doc openaiBatchDoc
}

// openaiBatchDoc is a batch as JSON, keys in the documented order.
type openaiBatchDoc struct {
	ID           string             `json:"id"`
	Object       string             `json:"object"`
	Endpoint     string             `json:"endpoint"`
	Model        *string            `json:"model"`
	Errors       *openaiBatchErrors `json:"errors"`
	Input        string             `json:"input_file_id"`
	Window       string             `json:"completion_window"`
	Status       string             `json:"status"`
	Output       *string            `json:"output_file_id"`
	ErrorFile    *string            `json:"error_file_id"`
	CreatedAt    int64              `json:"created_at"`
	InProgressAt *int64             `json:"in_progress_at"`
	ExpiresAt    int64              `json:"expires_at"`
	FinalizingAt *int64             `json:"finalizing_at"`
	CompletedAt  *int64             `json:"completed_at"`
	FailedAt     *int64             `json:"failed_at"`
	ExpiredAt    *int64             `json:"expired_at"`
	CancellingAt *int64             `json:"cancelling_at"`
	CancelledAt  *int64             `json:"cancelled_at"`
	Counts       openaiBatchCounts  `json:"request_counts"`
	Metadata     json.RawMessage    `json:"metadata"`
}

type openaiBatchErrors struct {
	Object string             `json:"object"`
	Data   []openaiBatchError `json:"data"`
}

// openaiBatchError is what is wrong with the input; Line is from 1.
type openaiBatchError struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Param   *string `json:"param"`
	Line    *int    `json:"line"`
}

type openaiBatchCounts struct {
	Total     int `json:"total"`
	Completed int `json:"completed"`
	Failed    int `json:"failed"`
}

// The states of a batch that a response does not have.
const (
	stateValidating = "validating"
	stateFinalizing = "finalizing"
	stateCancelling = "cancelling"
	stateExpired    = "expired"
)

// openaiBatchCreate reads a request for a batch.
func openaiBatchCreate(c *call) (func(*exchange), *Reply) {
	o, bad := openaiBody(c)
	doc := openaiBatchDoc{Object: "batch", Status: stateValidating, Metadata: json.RawMessage("null")}
	if bad == nil {
		bad = doc.read(o)
	}
	if bad != nil {
		return bad.refuse(c)
	}
	return func(x *exchange) {
		doc.ID, doc.CreatedAt = "batch_"+x.hex(32), x.now.Unix()
		doc.ExpiresAt = x.now.Add(24 * time.Hour).Unix()
		b := &openaiBatch{doc: doc}
		x.startBatch(b)
		x.kept.batches.put(doc.ID, len(doc.Metadata)+1024, b)
		openaiDocument(x, doc)
	}, nil
}

func (doc *openaiBatchDoc) read(o object) *openaiError {
	for _, s := range []struct {
		key     string
		to      *string
		allowed []string
	}{
		{"input_file_id", &doc.Input, nil},
		{"endpoint", &doc.Endpoint, []string{"/v1/responses", "/v1/chat/completions", "/v1/embeddings", "/v1/completions", "/v1/moderations", "/v1/images/generations"}},
		{"completion_window", &doc.Window, []string{"24h"}},
	} {
		if bad := openaiWant(o, s.key, "a string", s.to); bad != nil {
			return bad
		}
		if *s.to == "" {
			return openaiMissing(s.key)
		}
		if s.allowed != nil {
			if bad := openaiOneOf(s.key, *s.to, s.allowed...); bad != nil {
				return bad
			}
		}
	}
	if o.given("metadata") {
		if kind(o["metadata"]) != "an object" {
			return openaiType("metadata", "an object", o["metadata"])
		}
		doc.Metadata = o["metadata"]
	}
	return nil
}

// now is the batch at this moment.
func (b *openaiBatch) now() openaiBatchDoc {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.doc
}

// change lets the runner, or who cancels, change the batch.
func (b *openaiBatch) change(f func(doc *openaiBatchDoc, now *int64)) {
	now := time.Now().Unix()
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.doc, &now)
}

// openaiBatchGet answers with a batch.
func openaiBatchGet(c *call) (func(*exchange), *Reply) {
	return openaiWithBatch(c, func(x *exchange, b *openaiBatch) { openaiDocument(x, b.now()) }), nil
}

// openaiBatchCancel stops a batch; what is done by then stays.
func openaiBatchCancel(c *call) (func(*exchange), *Reply) {
	return openaiWithBatch(c, func(x *exchange, b *openaiBatch) {
		b.change(func(doc *openaiBatchDoc, now *int64) {
			switch doc.Status {
			case stateValidating, stateInProgress, stateFinalizing:
				doc.Status, doc.CancellingAt = stateCancelling, now
				b.cancel()
			}
		})
		doc := b.now()
		if doc.Status != stateCancelling && doc.Status != stateCancelled {
			e := openaiError{
				status: http.StatusConflict, Type: invalidRequest,
				Message: "Cannot cancel a batch with status '" + doc.Status + "'.",
			}
			x.reply(e.reply(x.asked(x.req)))
			return
		}
		openaiDocument(x, doc)
	}), nil
}

// openaiWithBatch serves a request about the batch of the path.
func openaiWithBatch(c *call, serve func(*exchange, *openaiBatch)) func(*exchange) {
	id := c.vars["id"]
	return func(x *exchange) {
		b, ok := x.kept.batches.get(id)
		if !ok {
			x.reply(openaiNotFound("", "No batch found with id '"+id+"'.").reply(x.asked(x.req)))
			return
		}
		serve(x, b)
	}
}

// openaiBatchList answers with the batches, newest first.
func openaiBatchList(c *call) (func(*exchange), *Reply) {
	page, bad := openaiPageOf(c, 100)
	if bad != nil {
		return bad.refuse(c)
	}
	return func(x *exchange) {
		var docs []openaiBatchDoc
		for _, b := range x.kept.batches.newest() {
			docs = append(docs, b.now())
		}
		openaiDocument(x, paged(page, docs, func(d openaiBatchDoc) string { return d.ID }))
	}, nil
}
