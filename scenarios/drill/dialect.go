package drill

import (
	"context"
	"net/http"
	"time"

	"github.com/seed-76a9de92/brownout/faults"
	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/limits"
)

// dialect lets the injector fail in the mock's own words. The two leaves do not
// know each other; this is where they meet.
type dialect struct {
	mock   *mockllm.Server
	region string // the provider's
	ledger *ledger
}

func (d dialect) Look(r *http.Request) faults.Look {
	req := request(d.mock, r)
	return faults.Look{
		Endpoint: req.Endpoint, Model: req.Model, Stream: req.Stream, Nonce: req.Nonce,
		PromptTokens: req.Tokens(), Tools: req.Tools, Attachment: req.Attachments > 0,
		Key: req.Key, Region: d.region, ServiceTier: req.ServiceTier, User: req.User,
		Session: d.ledger.sessionOf(req.Nonce),
		Request: req,
	}
}

// request is what the recorder parsed.
func request(mock *mockllm.Server, r *http.Request) mockllm.Request {
	if a := attemptOf(r); a != nil {
		return a.request
	}
	_, req := mock.Parse(r)
	return req
}

func (d dialect) Answer(l faults.Look, f faults.Failure) faults.Answer {
	reply := d.mock.Answer(asked(l), failure(f))
	return faults.Answer{Status: reply.Status, Header: reply.Header, Body: reply.Body}
}

func (d dialect) Event(l faults.Look, f faults.Failure) []byte {
	return d.mock.Event(asked(l), failure(f))
}

func (d dialect) Part(l faults.Look, event []byte) faults.Part {
	switch d.mock.Part(asked(l), event) {
	case mockllm.Content:
		return faults.Content
	case mockllm.Finish:
		return faults.Finish
	case mockllm.Terminator:
		return faults.Terminator
	}
	return faults.Other
}

func (d dialect) Alter(l faults.Look, part []byte, f faults.Failure) []byte {
	return d.mock.Alter(asked(l), part, failure(f))
}

// asked is the request that Look looked at.
func asked(l faults.Look) mockllm.Request {
	req, _ := l.Request.(mockllm.Request)
	return req
}

func failure(f faults.Failure) mockllm.Failure {
	return mockllm.Failure{
		Class: f.Class, Status: f.Status, Wait: f.Wait.For, Form: f.Wait.Form, Variant: f.Variant, Spare: f.Spare,
	}
}

// defective tells the mock what shall be wrong with its words.
func defective(ctx context.Context, d faults.Defect) context.Context {
	return mockllm.WithDefect(ctx, mockllm.Defect{Kind: d.Kind, Seed: d.Seed, Token: d.Token, Share: d.Share})
}

// shrink tells the mock what load faults leave of it.
func shrink(mock *mockllm.Server) func(func(time.Time) faults.Left) {
	return func(left func(time.Time) faults.Left) {
		if left == nil {
			mock.Shrink(nil)
			return
		}
		mock.Shrink(func(now time.Time) limits.Shares { return limits.Shares(left(now)) })
	}
}
