package main

import (
	"bytes"
	"context"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control"
	"github.com/seed-76a9de92/brownout/scenarios/drill/liveview"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// uiFlags say whether and where a page shows the drill while it goes on.
type uiFlags struct {
	addr  string
	blind bool // phases and faults are not shown
}

func (f *uiFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.addr, "ui", "", "show the drill on a live page, on any port or at =`HOST:PORT` of loopback; with --control one with the leader's buttons, too")
	cmd.Flags().Lookup("ui").NoOptDefVal = anyPort
}

// A livePage shows the runs of one command. A nil one shows none.
type livePage struct {
	*liveview.View
	dir atomic.Pointer[string] // of the run under way
}

// listen begins to show if the flags say so; with a control, its leader can press
// buttons.
func (f uiFlags) listen(term *terminal, lead *control.Server) (*livePage, error) {
	if f.addr == "" {
		return nil, nil
	}
	p := new(livePage)
	view, err := liveview.Listen(f.addr, liveview.Options{Card: p.soFar, Blind: f.blind, Control: lead})
	if err != nil {
		return nil, &exit{code: exitUsage, err: err, hint: "--ui=127.0.0.1:0 listens on any port of this machine"}
	}
	p.View = view
	term.sayf("live page: %s", view.URL())
	if url := view.LeaderURL(); url != "" {
		term.sayf("live page with the leader's buttons: %s", url)
	}
	return p, nil
}

// soFar judges the log of the run under way, as far as it is written.
func (p *livePage) soFar() (*scorecard.Card, error) { return results.Judge(*p.dir.Load(), false) }

// show has a run shown from now on.
func (p *livePage) show(dir string) {
	if p != nil {
		p.dir.Store(&dir)
	}
}

func (p *livePage) watch() func(context.Context, *drill.Live) {
	if p == nil {
		return nil
	}
	return p.Watch
}

// end turns the page into a card.
func (p *livePage) end(card *scorecard.Card) {
	if p == nil {
		return
	}
	for _, format := range report.Formats() {
		var b bytes.Buffer
		if format.Name == "html" && format.Write(&b, card, report.Options{}) == nil {
			p.End(b.Bytes())
		}
	}
}

func (p *livePage) close() {
	if p != nil {
		p.Close()
	}
}
