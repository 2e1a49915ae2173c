package traffic

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// Check reports the first thing that keeps the journey's requests from being
// sent, or its replies from being understood.
func (j Journey) Check() error {
	if err := j.Request.Check(); err != nil {
		return fmt.Errorf("request: %w", err)
	}
	_, err := newCourse("http://localhost", j)
	return err
}

// course is a journey made ready: everything that is the same for each of its
// requests.
type course struct {
	*form
	finder
	degraded, restart *match
	timeout           time.Duration
}

func newCourse(target string, j Journey) (*course, error) {
	c := &course{timeout: cmp.Or(j.Timeout, DefaultTimeout)}
	var err error
	if c.form, err = newForm(target, j.Request); err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	if c.finder, err = newFinder(j.Answer); err != nil {
		return nil, fmt.Errorf("answer: %w", err)
	}
	if c.degraded, err = newMatch(j.Degraded); err != nil {
		return nil, fmt.Errorf("degraded: %w", err)
	}
	if c.restart, err = newMatch(j.Restart); err != nil {
		return nil, fmt.Errorf("restart: %w", err)
	}
	if c.restart != nil && !c.restart.looksInside() {
		return nil, errors.New("restart: every event of a reply has the same status and header; give json, event, contains or matches too")
	}
	return c, nil
}
