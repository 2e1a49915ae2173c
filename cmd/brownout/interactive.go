package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
)

// A leadKey is a key by which a drill is led at the terminal. Asked is what it wants to
// know first; a key without an act only asks.
type leadKey struct {
	key   byte
	says  string
	asked string // "" at the top; else the question that it answers
	asks  string // the question that it leads to
	act   func(*drill.Control, drill.By) (int, error)
}

// leadKeys is the table of keys.
func leadKeys() []leadKey {
	mark := func(kind string) func(*drill.Control, drill.By) (int, error) {
		return func(c *drill.Control, by drill.By) (int, error) {
			return c.Mark(by, drill.Mark{Kind: kind, At: -1})
		}
	}
	return []leadKey{
		{key: 'n', says: "next phase", act: (*drill.Control).Next},
		{key: 'h', says: "hold, or go on", act: holdOrRelease},
		{key: 'e', says: "30 s more", act: func(c *drill.Control, by drill.By) (int, error) { return c.Extend(by, 30*time.Second) }},
		{key: 'g', says: "heal all", act: (*drill.Control).Heal},
		{key: 'm', says: "mark", asks: "mark"},
		{key: 's', says: "stop", asks: "stop"},

		{key: 'a', says: "alarm", asked: "mark", act: mark("alert")},
		{key: 't', says: "taken", asked: "mark", act: mark("acknowledged")},
		{key: 'l', says: "lesser mode", asked: "mark", act: mark("degraded_mode")},
		{key: 'u', says: "users told", asked: "mark", act: mark("status")},
		{key: 'c', says: "all clear", asked: "mark", act: mark("all_clear")},
		{key: 'o', says: "of note", asked: "mark", act: mark("note")},

		{key: 'y', says: "yes, stop the drill", asked: "stop", act: func(c *drill.Control, by drill.By) (int, error) {
			return c.Stop(by, "by a key at the terminal")
		}},
	}
}

func holdOrRelease(c *drill.Control, by drill.By) (int, error) {
	if c.State().Held {
		return c.Release(by)
	}
	return c.Hold(by)
}

// A cockpit is where a drill is led by keys. It looks at counters and asks the
// drill's control: the drill waits for neither.
type cockpit struct {
	drill *drill.Control
	actor string
	beat  func() // a sign of life of whoever leads

	mu   sync.Mutex
	asks string // the question that is open
	said string // what came of the last key
}

// press does what a key is for.
func (c *cockpit) press(key byte) {
	c.beat()
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.asks
	c.asks = ""
	for _, k := range leadKeys() {
		switch {
		case k.key != key || k.asked != asked:
			continue
		case k.act == nil:
			c.asks = k.asks
			return
		}
		c.said = k.says + ": done"
		if _, err := k.act(c.drill, drill.By{Actor: c.actor}); err != nil {
			c.said = k.says + ": " + err.Error()
		}
		return
	}
	if asked != "" {
		c.said = "no " + asked
	}
}

// help says which keys there are now, and what the last did.
func (c *cockpit) help() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var keys []string
	for _, k := range leadKeys() {
		if k.asked == c.asks {
			keys = append(keys, string(k.key)+" "+k.says)
		}
	}
	line := strings.Join(keys, " · ")
	if c.asks != "" {
		return c.asks + "?  " + line + " · any other: no"
	}
	if c.said != "" {
		line += "   [" + c.said + "]"
	}
	return line
}

// read presses the keys that come in until ctx ends. An EOF is a moment without a
// key: that is how the terminal gives it.
func (c *cockpit) read(ctx context.Context, keys io.Reader) {
	b := make([]byte, 1)
	for ctx.Err() == nil {
		n, err := keys.Read(b)
		if err != nil && !errors.Is(err, io.EOF) {
			return
		}
		if n > 0 {
			c.press(b[0])
		}
	}
}

// cockpit has a drill led by the keys of the terminal, beside what shows it.
func (p *progress) cockpit(f *drillFlags, beat func(), shown func(context.Context, *drill.Live)) func(context.Context, *drill.Live) {
	return func(ctx context.Context, live *drill.Live) {
		c := &cockpit{drill: live.Control(), actor: whoami(), beat: beat}
		var wg sync.WaitGroup
		defer wg.Wait()
		if restore, err := singleKeys(int(os.Stdin.Fd())); err != nil {
			c.said = "no keys: " + err.Error()
		} else {
			defer restore()
			wg.Go(func() { c.read(ctx, os.Stdin) })
		}
		beside := []func() string{
			func() string { return p.phases(live) },
			lately(live),
			c.help,
		}
		if f.blind.hidden {
			beside = beside[1:]
		}
		for _, line := range beside {
			bar := p.bars.New(live.Status().Length.Milliseconds(), mpb.NopStyle(), mpb.PrependDecorators(
				decor.Any(func(decor.Statistics) string { return line() })))
			wg.Go(func() { p.follow(ctx, live, bar) })
		}
		shown(ctx, live)
	}
}

// phases are those of the drill in a row, the present one with what is left of it.
func (p *progress) phases(live *drill.Live) string {
	state := live.Control().State()
	var names []string
	for i, phase := range state.Phases {
		name := phase.Name
		if i == state.PhaseNo && !state.Over {
			left := clock(max(0, phase.To-state.Elapsed)) + " left"
			if state.Held {
				left = "held"
			}
			name = "[" + name + ", " + left + "]"
		}
		names = append(names, name)
	}
	return "phases         " + strings.Join(names, " > ")
}

// recent is over how long shares are told.
const recent = 5 * time.Second

// lately gives what became of users in the last seconds, and who was asked. It is for
// one caller that asks again and again.
func lately(live *drill.Live) func() string {
	var past []drill.Status
	return func() string {
		now := live.Status()
		for len(past) > 1 && now.Elapsed-past[0].Elapsed > recent {
			past = past[1:]
		}
		past = append(past, now)
		return between(past[0], now)
	}
}

// between says what happened between two looks.
func between(then, now drill.Status) string {
	line := "last 5 s       "
	ended, bad := now.Traffic.Ended-then.Traffic.Ended, now.Traffic.Errors-then.Traffic.Errors
	if ended > 0 {
		line += fmt.Sprintf("errors %d of %d (%.0f %%)", bad, ended, 100*float64(bad)/float64(ended))
	} else {
		line += "nobody was answered"
	}
	var all int64
	for i, a := range now.Attempts {
		all += a.Attempts - then.Attempts[i].Attempts
	}
	for i, a := range now.Attempts {
		if all > 0 {
			line += fmt.Sprintf(" · %s %.0f %%", a.Provider, 100*float64(a.Attempts-then.Attempts[i].Attempts)/float64(all))
		}
	}
	return line
}

// whoami names whoever sits at the terminal, for the log.
func whoami() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return "the terminal"
}

// atTerminal refuses to be led by keys where there are none to press.
func (f *drillFlags) atTerminal(t *terminal) error {
	if !f.interactive {
		return nil
	}
	refuse := func(why string) error {
		return &exit{code: exitUsage, err: errors.New("--interactive " + why), hint: "--control lets a drill be led from elsewhere: see brownout ctl --help"}
	}
	switch {
	case !t.lively() || !term.IsTerminal(int(os.Stdin.Fd())):
		return refuse("needs a terminal, on stdin and stderr")
	case f.quiet:
		return refuse("and --quiet contradict each other")
	case f.app == "builtin:"+pairStyle:
		return refuse("leads one drill, and --app builtin:both is two")
	}
	return nil
}
