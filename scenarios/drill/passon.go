package drill

import (
	"fmt"
	"net/http"
	"sync/atomic"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/drill/upstream"
)

// passOn lets a real endpoint answer in place of the mock. Why it fails by itself, if it
// does, stands in the log the first time.
func (p *provider) passOn(network Net) (*upstream.Upstream, error) {
	var failed atomic.Bool
	return upstream.New(p.spec.Upstream, p.mock, upstream.Options{
		Dial:  network.Dial,
		Read:  func(r *http.Request) mockllm.Request { return request(p.mock, r) },
		Heard: heard,
		Failed: func(err error) {
			if p.ledger.start.Load() != nil && failed.CompareAndSwap(false, true) {
				p.ledger.mark("upstream", fmt.Sprintf("%s at %v", p.name, err))
			}
		},
	})
}

// heard puts what an endpoint answered into the ledger.
func heard(r *http.Request, answer upstream.Answer) {
	served(r, answer.Served)
	if answer.Dated {
		a := attemptOf(r)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.line.RetryAfterDate = a.line.RetryAfter != nil
	}
}
