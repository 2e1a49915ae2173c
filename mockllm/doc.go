// Package mockllm stands up mock LLM providers that the official SDKs cannot tell
// from the real ones: paths, headers, streaming, pace and errors are each
// provider's own. The answers are made so that [answer.Read] can prove where they
// came from.
//
// Start with [New]; a [Server] is an [http.Handler] and needs nothing else:
//
//	mock, err := mockllm.New("primary", mockllm.Spec{Dialect: "openai"}, mockllm.Options{})
//	if err != nil { … }
//	srv := httptest.NewServer(mock)
//	defer srv.Close()
//	client := openai.NewClient(option.WithBaseURL(mockllm.BaseURL("openai", srv.URL)), …)
//
// A wire format is a row of [Dialects]: its routes and how it words errors. A new
// one is a row and the files it names (openai*.go, anthropic*.go are the models).
//
// A mock is in health: it answers what it understands and refuses, in the
// provider's words, what the provider would refuse. What goes wrong on purpose is
// decided elsewhere; [Server.Answer] and [Server.Event] word it, [Server.Part] says
// where in a stream it can land, and [WithSlow] makes an answer slow.
//
// One word of an answer is taken for one token, and a token of a prompt for four
// characters. Tools, several choices (n) and structured output are accepted and
// answered with plain text.
package mockllm
