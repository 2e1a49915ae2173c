package mockllm

import (
	"slices"
	"sync"
)

// A shelf keeps what an API gives back later, by id, up to a number of things and
// a number of bytes. What is put there last pushes off what was put there first.
type shelf[T any] struct {
	things, bytes int // the bounds

	mu    sync.Mutex
	order []string // ids, oldest first
	kept  map[string]shelved[T]
	held  int // bytes
}

type shelved[T any] struct {
	value T
	bytes int
}

// put keeps a thing of so many bytes. One that is larger than the shelf is alone
// on it.
func (s *shelf[T]) put(id string, bytes int, value T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.kept == nil {
		s.kept = make(map[string]shelved[T])
	}
	s.drop(id)
	for len(s.order) > 0 && (len(s.order) >= s.things || s.held+bytes > s.bytes) {
		s.drop(s.order[0])
	}
	s.order = append(s.order, id)
	s.kept[id] = shelved[T]{value, bytes}
	s.held += bytes
}

// get finds a thing.
func (s *shelf[T]) get(id string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.kept[id]
	return k.value, ok
}

// remove forgets a thing and says whether it was there.
func (s *shelf[T]) remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop(id)
}

func (s *shelf[T]) drop(id string) bool {
	k, ok := s.kept[id]
	if !ok {
		return false
	}
	delete(s.kept, id)
	s.held -= k.bytes
	i := slices.Index(s.order, id)
	s.order = slices.Delete(s.order, i, i+1)
	return true
}

// newest are all things, the last first.
func (s *shelf[T]) newest() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]T, 0, len(s.order))
	for _, id := range slices.Backward(s.order) {
		all = append(all, s.kept[id].value)
	}
	return all
}
