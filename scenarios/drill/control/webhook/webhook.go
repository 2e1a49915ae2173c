// Package webhook takes the calls of alerting tools and makes marks of them, so that
// a team's own alarms report to the drill: one that fires is a mark alert, one that
// somebody took acknowledged, one that is resolved all_clear.
//
// Start at [New]:
//
//	desk := webhook.New(token, func(m webhook.Mark) error { … })
//	mux.Handle("/v1/hooks/", desk)
//
// A call goes to /v1/hooks/TOKEN/RECEIVER, receivers being the rows of [Receivers].
// The token stands in the path because most of those who call cannot be told to send
// a header; ?token= does as well. It opens nothing but these marks.
//
// A mark counts from when the call came, not from when the alarm says that it began:
// before the call nobody knew. An alarm that calls again without having changed makes
// no second mark. Storms are counted and not written down: of each kind fifty marks
// at once and one more a second are, the first of them always, so that a log stays a
// log and every outage finds its first alarm.
package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Path is where a desk is mounted.
const Path = "/v1/hooks/"

const (
	// bodyMost bounds a call, in bytes. Alertmanager's with a thousand alerts is below.
	bodyMost = 1 << 20
	// burst is how many marks of a kind are written down at once; then one a refill.
	burst  = 50
	refill = time.Second
	// keysMost bounds what is remembered of alarms.
	keysMost = 10_000
)

// ErrNotYet says that no drill has begun.
var ErrNotYet = errors.New("no drill has begun yet")

// A Mark is what a call was worth.
type Mark struct {
	Kind  string // of [record.MarkKinds]
	Note  string // what the alarm is called, in one line
	Actor string // the receiver
}

// A Desk takes calls. It is an [http.Handler], safe for concurrent use.
type Desk struct {
	token [sha256.Size]byte
	make  func(Mark) error
	mux   *http.ServeMux
	seed  maphash.Seed

	mu      sync.Mutex
	state   map[uint64]string // alarm → the kind of its last mark
	buckets map[string]*bucket
	leftOut int
}

// New makes a desk that hands each mark to a function, whose error says why it was
// not taken: then nothing of the alarm is remembered.
func New(token string, take func(Mark) error) *Desk {
	d := &Desk{
		token: sha256.Sum256([]byte(token)), make: take, mux: http.NewServeMux(), seed: maphash.MakeSeed(),
		state: map[uint64]string{}, buckets: map[string]*bucket{},
	}
	for _, r := range Receivers() {
		take := func(w http.ResponseWriter, req *http.Request) { d.take(w, req, r) }
		d.mux.HandleFunc("POST "+Path+"{token}/"+r.Name, take)
		d.mux.HandleFunc("POST "+Path+r.Name, take)
	}
	return d
}

// ServeHTTP takes a call. It answers 200 with what it made of it, 401 without the
// token, 413 to what is too long, 400 to what the receiver does not understand, 503
// before the drill and 409 when it takes no marks any more.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.mux.ServeHTTP(w, r) }

// LeftOut is how many marks were counted and not written down.
func (d *Desk) LeftOut() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leftOut
}

// answer is what a caller is told. The first three are what PagerDuty's senders
// look at.
type answer struct {
	Status  string   `json:"status"`
	Message string   `json:"message"`
	Key     string   `json:"dedup_key,omitempty"`
	Marks   []string `json:"marks"`              // kinds, of those written down
	LeftOut int      `json:"left_out,omitempty"` // that are no news, no kind of mark, or of a storm
}

// opens says whether a call has the token, in a time that tells nothing of it.
func (d *Desk) opens(r *http.Request) bool {
	given := r.PathValue("token")
	if given == "" {
		given = r.URL.Query().Get("token")
	}
	sum := sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(sum[:], d.token[:]) == 1
}

func (d *Desk) take(w http.ResponseWriter, req *http.Request, r Receiver) {
	if !d.opens(req) {
		refuse(w, http.StatusUnauthorized, errors.New("the token is not this drill's; it stands in the drill's ready file"))
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, bodyMost))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		refuse(w, http.StatusRequestEntityTooLarge, fmt.Errorf("more than %d bytes", bodyMost))
		return
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	reports, err := r.read(body, req.URL.Query())
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	said := answer{Status: "success", Message: "Event processed", Marks: []string{}}
	for _, report := range reports {
		written, err := d.report(r.Name, report)
		switch {
		case errors.Is(err, ErrNotYet):
			refuse(w, http.StatusServiceUnavailable, err) // so that it is tried again
			return
		case err != nil:
			refuse(w, http.StatusConflict, err)
			return
		case written:
			said.Marks = append(said.Marks, report.Kind)
		default:
			said.LeftOut++
		}
		said.Key = report.Key
	}
	say(w, r.status, said)
}

// report makes a mark of a report, unless it is no news or one of a storm.
func (d *Desk) report(receiver string, r Report) (written bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Kind == "" {
		return false, nil
	}
	key := maphash.String(d.seed, receiver+"\x00"+r.Key)
	if r.Key != "" && d.state[key] == r.Kind {
		return false, nil
	}
	b := d.buckets[r.Kind]
	if b == nil {
		b = &bucket{left: burst, at: time.Now()}
		d.buckets[r.Kind] = b
	}
	if !b.take(time.Now()) {
		d.leftOut++
		return false, nil
	}
	if err := d.make(Mark{Kind: r.Kind, Note: r.Note, Actor: receiver}); err != nil {
		return false, err
	}
	if len(d.state) >= keysMost {
		clear(d.state)
	}
	d.state[key] = r.Kind
	return true, nil
}

// A bucket lets so many through at once, and more as time goes by.
type bucket struct {
	left int
	at   time.Time // of the last refill
}

func (b *bucket) take(now time.Time) bool {
	if n := int(now.Sub(b.at) / refill); n > 0 {
		b.left, b.at = min(burst, b.left+n), b.at.Add(time.Duration(n)*refill)
	}
	if b.left == 0 {
		return false
	}
	b.left--
	return true
}

func refuse(w http.ResponseWriter, status int, err error) {
	say(w, status, map[string]string{"status": "invalid event", "message": err.Error()})
}

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who called may be gone
}

// URL is where a receiver is called, for a desk that is served at base.
func URL(base, token, receiver string) string {
	return base + Path + url.PathEscape(token) + "/" + receiver
}
