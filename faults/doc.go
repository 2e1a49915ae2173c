// Package faults makes a provider fail: as HTTP answers, in time, inside streams,
// in the words of its answers, in what it can bear, in TLS handshakes and, by way
// of toxiproxy, in transport. DNS is left out: mocks have no names to resolve.
//
// It owns the kinds of faults ([Kinds]: one row each, which also feeds the
// scenario language), their draws ([Draw]: who is hit follows from the seed, the
// fault, the user's nonce and the attempt, so that it is the same in every run),
// and their performance. It knows no provider: how one words its errors and cuts
// its streams is asked of a [Dialect].
//
// Start at [Injector], the wrapper around a mock or a real endpoint:
//
//	in := faults.New(mock, dialect, faults.Options{Seed: 7})
//	in.Play(time.Now(), []faults.Window{{
//		Fault:    &faults.Fault{Key: "surge/rate_limit", Kind: "rate_limit", Share: faults.Share{From: 0.4, To: 0.4}},
//		Provider: "primary",
//		From:     30 * time.Second,
//		To:       90 * time.Second,
//	}})
//	http.Serve(listener, in)
//
// How exact windows and delays are on real sockets
//
//	go test -run '^$' -bench 'WindowEdges|AddedDelay' -benchtime 100x ./faults
//
// prints, as this machine has it at the moment.
//
// What a fault of transport or TLS does to a connection keeps requests from being
// seen, so it is told by itself: [Blow]. Only the kernel knows whom it refused.
//
// A new fault is a function (an action, the effect of a stream fault, or the
// [Effect] on connections), a row of [Kinds] and a pair of files in testdata.
package faults
