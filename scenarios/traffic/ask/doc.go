// Package ask makes the requests that users send, each from what its journey says of
// all of them and from its own words: its prompt, its nonce, the turn of its session.
//
// Start at [Request], [NewForm] and [Form.Fill]:
//
//	form, err := ask.NewForm("http://127.0.0.1:8000", ask.Request{Path: "/chat", Text: "{{prompt}}"})
//	…
//	req, err := form.Fill(ctx, ask.Words{Prompt: "say hi", Nonce: "babefi"}, 41)
package ask
