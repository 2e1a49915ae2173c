// Package reply reads what an app answers a user, as it comes: where the model's text
// is in it, when its first word was there, how long it was silent, and what the
// scenario's rules say of it.
//
// Start at [Rules] and [Reader.Read]:
//
//	reader, err := reply.Rules{Answer: reply.Rule{SSE: "$.delta"}}.Ready()
//	…
//	seen, err := reader.Read(resp, reply.By{Now: now, Scratch: new(reply.Scratch)})
//
// Server-sent events, JSON lines, JSON and text are told apart by the reply's
// Content-Type. Memory is bounded whatever comes: of a body 64 MiB are read, of
// JSON 4 MiB, of a line or an event 1 MiB, and 64 KiB of text are kept.
package reply
