package traffic

import "sync"

// A Timetable is a schedule that may be changed while it is sent. The zero Timetable
// is empty and open: more may come. Its methods are safe from any goroutine.
type Timetable struct {
	mu      sync.Mutex
	due     []Due
	closed  bool
	changed chan struct{} // closed at the next change; nil: nobody waits for one
}

// Set replaces the schedule. It begins with what was sent already, for requests are
// sent by their place in it.
func (t *Timetable) Set(due []Due) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.due = due
	t.tell()
}

// Close says that no more will come than there is.
func (t *Timetable) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.tell()
}

// tell wakes whoever waits. It is called with the lock held.
func (t *Timetable) tell() {
	if t.changed != nil {
		close(t.changed)
		t.changed = nil
	}
}

// at gives the n-th request, if there is one, whether there may be one later, and
// what is closed when any of this may be otherwise.
func (t *Timetable) at(n int) (d Due, there, open bool, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.changed == nil {
		t.changed = make(chan struct{})
	}
	if n < len(t.due) {
		return t.due[n], true, true, t.changed
	}
	return Due{}, false, !t.closed, t.changed
}

// rest gives what is left from the n-th request on.
func (t *Timetable) rest(n int) []Due {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.due[min(n, len(t.due)):]
}
