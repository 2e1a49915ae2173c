package liveview

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// A frame is what there is to see at one moment, each part with the number of the
// change that brought it.
type frame struct {
	parts map[string]part // by the name of their event
	ended bool
}

type part struct {
	no   int
	html string
}

// frames are the latest frame. Whoever shows puts parts into it and never waits;
// whoever looks takes it, and hears when there is another.
type frames struct {
	mu      sync.Mutex
	changes int
	latest  frame
	changed chan struct{} // closed when there is another frame
}

func newFrames() *frames {
	return &frames{latest: frame{parts: map[string]part{}}, changed: make(chan struct{})}
}

func (f *frames) put(name, html string) {
	f.change(func() { f.latest.parts[name] = part{f.changes, html} })
}

func (f *frames) end() { f.change(func() { f.latest.ended = true }) }

func (f *frames) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.changes++
	do()
	close(f.changed)
	f.changed = make(chan struct{})
}

// since gives what has changed after a change, in the order of events, the number of
// the last change, and what is closed at the next.
func (f *frames) since(no int) (news []event, ended bool, last int, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range events() {
		if p, ok := f.latest.parts[name]; ok && p.no > no {
			news = append(news, event{name, p.html})
		}
	}
	return news, f.latest.ended, f.changes, f.changed
}

// events are the parts of a page, in the order in which they are sent.
func events() []string { return []string{"counters", "timeline"} }

// An event is one message to a page.
type event struct{ name, html string }

// bytes writes an event as a page reads it: JSON has no line breaks.
func (e event) bytes() []byte {
	data, _ := json.Marshal(e.html) // a string can always be
	return fmt.Appendf(nil, "event: %s\ndata: %s\n\n", e.name, data)
}

const (
	mostViewers = 32
	// patience is how long a viewer may take to read one frame before he is cut off.
	// His page calls again, and gets what is to be seen then.
	patience = 10 * time.Second
	// stillHere is how often something is sent at least, so that both ends notice when
	// the other is gone.
	stillHere = 15 * time.Second
)

// look shows frames to one viewer until he goes, or it ends.
func (v *View) look(w http.ResponseWriter, r *http.Request) {
	defer v.looking.Add(-1)
	if v.looking.Add(1) > mostViewers {
		w.Header().Set("Retry-After", "5")
		http.Error(w, fmt.Sprintf("%d pages are open already", mostViewers), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	send := sender(w)
	buttons := ""
	if v.leads(r) {
		buttons = v.buttons
	}
	if !send(event{"hello", buttons}.bytes()) {
		return
	}
	for no := 0; ; {
		news, ended, last, changed := v.frames.since(no)
		no = last
		for _, e := range news {
			if !send(e.bytes()) {
				return
			}
		}
		if ended {
			send(v.farewell().bytes())
			return
		}
		select {
		case <-changed:
		case <-time.After(stillHere):
			if !send([]byte(": still here\n\n")) {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// farewell tells a page that it is to become the card, or that there is none.
func (v *View) farewell() event {
	if v.card.Load() == nil {
		return event{"none", ""}
	}
	return event{"card", ""}
}

// sender sends to one viewer, and says whether that is of use any more.
func sender(w http.ResponseWriter) func([]byte) bool {
	to := http.NewResponseController(w)
	return func(b []byte) bool {
		_ = to.SetWriteDeadline(time.Now().Add(patience))
		_, err := w.Write(b)
		return err == nil && to.Flush() == nil
	}
}
