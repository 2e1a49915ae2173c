package mockllm

import (
	"bytes"
	"net/http"
	"slices"
)

// anthropicThread is a conversation up to a message, as the provider keeps it for who
// wants to go on from there without saying all again (beta message-threads-2026-08-12,
// which the tool runners of the SDKs use).
type anthropicThread struct {
	said    conversation
	tools   []tool
	offered bool
}

// continues reads whether to keep the conversation, and whether it goes on from one
// that was kept; false: from one that is not there.
func (m *anthropicCall) continues(c *call, o object) bool {
	thread := struct {
		Type     string `json:"type"`
		Previous string `json:"previous_message_id"`
	}{}
	if !o.given("thread") || !field(o, "thread", &thread) {
		return true
	}
	m.keeps = true
	if thread.Type != "continue" {
		return true
	}
	kept, ok := c.s.threads.get(thread.Previous)
	if !ok {
		return false
	}
	m.said, m.tools, c.req.Tools = kept.said, kept.tools, kept.offered
	m.said.texts = slices.Clip(m.said.texts)
	m.said.turn.called = slices.Clip(m.said.turn.called)
	return true
}

// anthropicLost is the answer to who goes on from what is not there.
func anthropicLost(c *call) (func(*exchange), *Reply) {
	r := anthropicError{
		http.StatusNotFound, "not_found_error",
		`No usable Thread state was found for previous_message_id. Replay the full conversation with thread: {"type": "create"}.`,
	}.reply(c.asked())
	r.Body = bytes.Replace(r.Body, []byte(`"error":{`), []byte(`"error":{"details":{"error_code":"thread_not_found"},`), 1)
	return nil, &r
}

// keep keeps the conversation up to and with a message.
func (m *anthropicCall) keep(x *exchange, id string, d *draft) {
	if !m.keeps {
		return
	}
	reply := said{all: []string{d.text.String()}}
	for _, call := range d.calls {
		reply.called = append(reply.called, call.name)
	}
	kept := &anthropicThread{said: m.said, tools: m.known, offered: x.req.Tools}
	kept.said.say("assistant", reply)
	size := 0
	for _, text := range kept.said.texts {
		size += len(text) + 16
	}
	for _, t := range kept.tools {
		size += len(t.schema)
	}
	x.threads.put(id, size, kept)
}
