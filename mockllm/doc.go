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
// Limits, capacity and keys are real ones, where [Spec] has them (see package limits):
// what exceeds the limits of a key gets the provider's 429 and the truth about when to
// come again, what finds no place its overload, and a crowd makes everybody wait. A model is as
// fast as its [pace.Profile], or as its spec says. [Server.Shrink] takes limits and
// capacity away for a while.
//
// A mock is in health: it answers what it understands and refuses, in the
// provider's words, what the provider would refuse. What goes wrong on purpose is
// decided elsewhere; [Server.Answer] and [Server.Event] word it, [Server.Part] says
// where in a stream it can land, and [WithSlow] makes an answer slow.
//
// The dialect tools is no model's: it stands for the services that an agent's tools
// call, which do something and say little. [Server.Executed] tells whether a call had its
// effect, and [Server.Execute] lets one have it whose answer is lost on purpose.
//
// # What it answers
//
// Texts, unless something else is asked for. JSON satisfies the schema that is given,
// and has the text in the string that an app is likeliest to show (see package shape).
// Tools are called as one can foresee: after each word of the user's the first one
// offered, once, with the text in its arguments; where a call is required, one tool
// after the other, each once; two at a time only where parallel calls are asked for in
// so many words. Then it answers in text: every loop of calls and results ends. For
// apps that make something of what they get, [Spec].Answers has answers word for word.
//
// What an API gives back later, a server keeps: the newest of OpenAI's responses, files
// and batches. A batch sends each of its lines through [Options.Loop], with the endpoint
// batch; [Server.Close] ends what is under way.
//
// One word of an answer is taken for one token, and so is what stands between words;
// a token of a prompt for four characters, and an attachment for as many as an image.
// Where a request allows fewer than twelve tokens, or fewer than the shortest answer
// that proves anything takes in the form asked for, the answer breaks off and claims
// nothing. So does one that a stop sequence ends.
package mockllm
