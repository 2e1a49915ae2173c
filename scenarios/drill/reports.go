package drill

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/seed-76a9de92/brownout/mockllm/answer"
	"github.com/seed-76a9de92/brownout/scenarios/traffic"
	"github.com/seed-76a9de92/brownout/scenarios/traffic/reply"
	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// A Report is a request that somebody else sent to the app, where none of ours does:
// a test that calls it on its own. Moments are spans since the start.
type Report struct {
	ID      string // by which the reporter knows it; a second one of that ID is left out. "": each is another
	Journey string // of the plan; "": its only one
	// Nonce is a word of [Control.Questions] that the request carried; "": none, and
	// only by the moment can it be known what came of it at the providers.
	Nonce   string
	Session string // whose turn it is; "": it is its own session
	Sent    time.Duration
	First   time.Duration // of its text; negative: none came, or nobody looked
	Ended   time.Duration
	Status  int    // 0: no response head came
	How     string // see [Ends]
	Error   string
	// Text is what the user read; nil: nobody looked, and of a reply that is a success
	// nothing is known but that.
	Text *string
	// Degraded, Told and Unmet are as in [record.User].
	Degraded, Told, Unmet bool
}

// Ends are the ways in which a reported request ends, see [record.User].
func Ends() []string { return []string{"complete", "timeout", "cut", "refused", "reset", "invalid"} }

// A Question is what a user may ask, by which the request is known at the providers.
type Question struct {
	Nonce  string
	Prompt string // a sentence with the nonce in it
}

// mostReports bounds what is reported, and asked for, in one drill.
const mostReports = 100_000

// reporting is what is known of requests that others send.
type reporting struct {
	ids    map[string]bool
	nonces map[string]bool
	asked  map[int]int // by journey
	n      int
}

// errOwnTraffic says that a drill has no use for the requests of others.
var errOwnTraffic = errors.New("this drill sends its users' requests itself; those of others are reported to brownout serve --control")

// Report writes down requests that others sent, all of them or, with an error, none.
// It returns how many were known before, by their IDs. It changes no state.
func (c *Control) Report(by By, all []Report) (known int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.reportable(by); err != nil {
		return 0, err
	}
	if c.reported.n+len(all) > mostReports {
		return 0, fmt.Errorf("%d requests have been reported; the most is %d", c.reported.n, mostReports)
	}
	now := c.now()
	journeys := make([]int, len(all))
	for i, r := range all {
		if journeys[i], err = c.fit(r, now); err != nil {
			return 0, fmt.Errorf("request %d: %w", i+1, err)
		}
	}
	for i, r := range all {
		if r.ID != "" && c.reported.ids[r.ID] {
			known++
			continue
		}
		c.note(r, journeys[i])
	}
	return known, nil
}

// Reportable says what Report would have against a request.
func (c *Control) Reportable(r Report) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.alone {
		return errOwnTraffic
	}
	_, err := c.fit(r, c.now())
	return err
}

// fit gives the journey of a request that can be as it is told.
func (c *Control) fit(r Report, now time.Duration) (journey int, err error) {
	journey, err = c.journey(r.Journey)
	if err != nil {
		return -1, err
	}
	return journey, r.check(now)
}

// note writes one down.
func (c *Control) note(r Report, journey int) {
	u := c.drill.ledger.userOf(r.result(c.reported.n, journey), "", r.Session)
	u.Nonce, u.Reported = r.Nonce, true
	u.Repeat = r.Nonce != "" && c.reported.nonces[r.Nonce]
	c.reported.n++
	if r.ID != "" {
		c.reported.ids[r.ID] = true
	}
	if r.Nonce != "" {
		c.reported.nonces[r.Nonce] = true
	}
	c.drill.ledger.write(record.Line{Kind: "user", User: u})
}

// Questions gives questions that nobody has asked yet, of a journey of the plan, for a
// session or, with "", each for one of its own. Those of two drills of one scenario
// are the same, and so is their luck.
func (c *Control) Questions(by By, journey, session string, n int) ([]Question, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.reportable(by); err != nil {
		return nil, err
	}
	i, err := c.journey(journey)
	if err != nil {
		return nil, err
	}
	if c.reported.asked[i]+n > mostReports {
		return nil, fmt.Errorf("%d questions have been asked for; the most is %d", c.reported.asked[i], mostReports)
	}
	all := make([]Question, n)
	for k := range all {
		w := c.drill.question(traffic.Due{Journey: i, Nth: c.reported.asked[i] + k})
		c.drill.ledger.asks(w.Nonce, session)
		all[k] = Question{Nonce: w.Nonce, Prompt: w.Prompt}
	}
	c.reported.asked[i] += n
	return all, nil
}

// reportable says whether anybody's requests but ours have a place here.
func (c *Control) reportable(by By) error {
	if !c.alone {
		return errOwnTraffic
	}
	if c.reported == nil {
		c.reported = &reporting{ids: map[string]bool{}, nonces: map[string]bool{}, asked: map[int]int{}}
	}
	return c.ready(by)
}

// journey finds a journey of the plan, or its only one.
func (c *Control) journey(name string) (int, error) {
	journeys := c.drill.plan.Journeys
	if name == "" && len(journeys) == 1 {
		return 0, nil
	}
	i := slices.IndexFunc(journeys, func(j traffic.Journey) bool { return j.Name == name })
	if i >= 0 {
		return i, nil
	}
	var names []string
	for _, j := range journeys {
		names = append(names, j.Name)
	}
	if len(names) == 0 {
		return -1, unknown(fmt.Sprintf("scenario %q has no journeys: give it traffic, or serve it --with an app file that has", c.drill.plan.Name))
	}
	if name == "" {
		return -1, unknown("journey is missing; there are " + strings.Join(names, ", "))
	}
	return -1, unknown(fmt.Sprintf("no journey %q; there are %s", name, strings.Join(names, ", ")))
}

// rounding is by how much moments may be off that were written with three decimals.
const rounding = time.Millisecond

// check says what cannot be so.
func (r *Report) check(now time.Duration) error {
	switch {
	case r.Sent < -rounding:
		return fmt.Errorf("it was sent %s before the drill began", -r.Sent.Round(time.Millisecond))
	case r.Ended > now+rounding:
		return fmt.Errorf("the drill is at %s: that it ended at %s is in the future", now.Round(time.Millisecond), r.Ended.Round(time.Millisecond))
	case r.Ended < r.Sent-rounding:
		return fmt.Errorf("it ended %s before it was sent", (r.Sent - r.Ended).Round(time.Millisecond))
	case r.First >= 0 && (r.First < r.Sent-rounding || r.First > r.Ended+rounding):
		return fmt.Errorf("its text began at %s, which is not between %s, when it was sent, and %s, when it ended",
			r.First.Round(time.Millisecond), r.Sent.Round(time.Millisecond), r.Ended.Round(time.Millisecond))
	case r.Nonce != "" && !slices.Equal(answer.Find(r.Nonce), []string{r.Nonce}):
		return fmt.Errorf("%q is no nonce, which is a word that the mocks find in a prompt; POST /v1/questions gives some", shorten(r.Nonce, 40))
	case !slices.Contains(Ends(), r.How):
		return fmt.Errorf("%q is no way to end; there are %s", shorten(r.How, 40), strings.Join(Ends(), ", "))
	case r.Status != 0 && (r.Status < 100 || r.Status > 599):
		return fmt.Errorf("status %d is none of HTTP", r.Status)
	case r.How == "complete" && r.Status == 0:
		return errors.New("it is complete, and has no status")
	}
	return nil
}

// result is the report as our own sender would have it.
func (r *Report) result(n, journey int) traffic.Result {
	sent := max(r.Sent, 0)
	made := traffic.Result{
		Due:  traffic.Due{N: n, Journey: journey, At: sent},
		Seen: reply.Seen{First: -1, Status: r.Status, Told: r.Told, Degraded: r.Degraded, Unmet: r.Unmet},
		Sent: sent, Ended: max(r.Ended, sent), How: r.How,
	}
	if r.First >= 0 {
		made.First = min(max(r.First, sent), made.Ended)
	}
	if r.Error != "" {
		made.Err = errors.New(r.Error)
	}
	switch {
	case r.Text != nil:
		made.Text, made.Body, made.Bytes = *r.Text, *r.Text, int64(len(*r.Text))
	case r.Status < http.StatusOK || r.Status >= http.StatusMultipleChoices:
		return made
	}
	if made.First < 0 && (r.Text == nil || *r.Text != "") {
		made.First = made.Ended // there was something, at the latest then
	}
	return made
}
