package mockllm

import (
	"sync"
	"sync/atomic"
)

// openaiKept is what a server keeps of its requests, because its API gives it back:
// the newest responses, files and batches.
type openaiKept struct {
	responses shelf[*openaiResponse]
	files     shelf[*openaiFile]
	batches   shelf[*openaiBatch]
	runs      openaiRuns

	numbered atomic.Uint64 // so many requests had answers with numbered events
	mu       sync.Mutex
	sendings map[uint64]*openaiSending // under way, by the number of their request
}

func newOpenaiKept() *openaiKept {
	return &openaiKept{
		responses: shelf[*openaiResponse]{things: 10_000, bytes: 64 << 20},
		files:     shelf[*openaiFile]{things: 1_000, bytes: 128 << 20},
		batches:   shelf[*openaiBatch]{things: 1_000, bytes: 1 << 20},
		sendings:  make(map[uint64]*openaiSending),
	}
}

// sending remembers what is being sent to a request, so that an error put into the
// stream can have the next number; the returned func forgets it.
func (k *openaiKept) sending(number uint64, s *openaiSending) (done func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sendings[number] = s
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		delete(k.sendings, number)
	}
}

// sendingTo is what is being sent to a request; nil: nothing with numbers.
func (k *openaiKept) sendingTo(number uint64) *openaiSending {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sendings[number]
}
