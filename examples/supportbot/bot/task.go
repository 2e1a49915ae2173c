package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// A task is one kind of work that the bot does.
type task struct {
	name, path    string
	input, output string // fields of the JSON request and, unless streamed, of the answer
	stream        bool
	// deferrable work may be put off when there is not enough capacity for all.
	deferrable   bool
	instructions string
	openai       string // models
	anthropic    string
	template     string // what a user gets when no model answers
	pictures     bool   // the user may attach one
	looksUp      bool   // the model is shown the help page that fits
}

func tasks() []task {
	return []task{
		{
			name: "chat", path: "/chat", input: "message", stream: true,
			instructions: "You answer the customers of an online shop. Be brief and friendly.",
			openai:       "gpt-4o", anthropic: "claude-sonnet-4-5",
			template: "Our assistant cannot answer right now. Your message has been kept and a colleague will write to you.",
			pictures: true,
		},
		{
			name: "api", path: "/api", input: "message", output: "reply",
			instructions: "You answer questions that partners ask through our API. Be exact.",
			openai:       "gpt-4o-mini", anthropic: "claude-haiku-4-5",
			template: "No answer is available right now. Please ask again in a few minutes.",
		},
		{
			name: "help", path: "/help", input: "question", output: "answer", looksUp: true,
			instructions: "You answer the customers of an online shop from its help pages.",
			openai:       "gpt-4o-mini", anthropic: "claude-haiku-4-5",
			template: "No answer is available right now. All help pages are under Service.",
		},
		{
			name: "content", path: "/content", input: "topic", output: "draft", deferrable: true,
			instructions: "You draft help pages for an online shop.",
			openai:       "gpt-4.1-mini", anthropic: "claude-haiku-4-5",
			template: "The draft has been put off. It will be written when there is capacity again.",
		},
		{
			name: "pipeline", path: "/pipeline", input: "document", output: "summary",
			instructions: "You sum up customer letters in one paragraph.",
			openai:       "gpt-4.1", anthropic: "claude-sonnet-4-5",
			template: "No summary is available right now. The document is unchanged and can be sent again.",
		},
	}
}

// A question is one request of a user.
type question struct {
	task task
	text string
	picture
	page    string // the help page that fits, "": none is known
	canWait bool   // the user would rather have an answer later than none
	number  uint64 // the n-th request of this bot, from 1
}

// instructions are what the model is told beside the user's text.
func (q question) instructions() string {
	if q.page == "" {
		return q.task.instructions
	}
	return q.task.instructions + "\n\n" + q.page
}

const maxBody = 1 << 20

// readInput takes what the user asks out of a request. The status belongs to the
// error.
func readInput(w http.ResponseWriter, r *http.Request, t task) (q question, status int, err error) {
	q = question{task: t, canWait: t.deferrable && r.Header.Get("Prefer") == "respond-async"}
	var fields map[string]json.RawMessage
	err = json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&fields)
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return q, http.StatusRequestEntityTooLarge, fmt.Errorf("the body is over %d bytes", tooLarge.Limit)
	}
	if err != nil {
		return q, http.StatusBadRequest, fmt.Errorf("the body is no JSON object: %w", err)
	}
	if err := json.Unmarshal(fields[t.input], &q.text); err != nil || q.text == "" {
		return q, http.StatusBadRequest, fmt.Errorf("%q must be a text that is not empty", t.input)
	}
	if image, given := fields["image"]; given && t.pictures {
		var url string
		_ = json.Unmarshal(image, &url) // what is no text is no picture either
		if q.picture, err = readPicture(url); err != nil {
			return q, http.StatusBadRequest, err
		}
	}
	return q, 0, nil
}
