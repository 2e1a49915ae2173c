package mockllm

import "sync"

// deeds remember what a server's tools did, by idempotency key: the newest ten
// thousand, for there is no end to keys.
type deeds struct {
	mu   sync.Mutex
	kept shelf[[]byte] // answers, by tool and key
}

// do has an errand's effect, unless it was had: by this call, or by one with its key.
// It gives the answer, and whether another call had it first.
func (d *deeds) do(e *errand, m *mint) (body []byte, again bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if e.body != nil {
		return e.body, e.again
	}
	id := e.tool + "\x00" + e.key
	if e.key != "" {
		e.body, e.again = d.kept.get(id)
	}
	if !e.again {
		e.body, e.did = newEffect(m, e.tool), true
		if e.key != "" {
			d.kept.put(id, len(id)+len(e.body), e.body)
		}
	}
	return e.body, e.again
}

// done says whether an errand had its effect itself.
func (d *deeds) done(e *errand) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return e.did
}
