package drilltest

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// A goroutine is one of a dump of all.
type goroutine struct {
	state   string // running, IO wait, select, …
	durable bool   // waits for its own bubble alone
	bubble  string // number, "" outside
	stack   string
}

// header is the first line of a goroutine in a dump:
//
//	goroutine 52 [select (durable), 2 minutes, synctest bubble 3]:
var header = regexp.MustCompile(`^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[([^\],]*)([^\]]*)\]:\n`)

// inBubble is the bubble's number in a header.
var inBubble = regexp.MustCompile(`synctest bubble (\d+)`)

// goroutines are all of this process, the caller's first.
func goroutines() []goroutine {
	b := make([]byte, 1<<20)
	for {
		n := runtime.Stack(b, true)
		if n < len(b) || len(b) >= 64<<20 {
			return parseDump(string(b[:n]))
		}
		b = make([]byte, 2*len(b))
	}
}

func parseDump(dump string) []goroutine {
	var list []goroutine
	for part := range strings.SplitSeq(dump, "\n\n") {
		m := header.FindStringSubmatch(part)
		if m == nil {
			continue
		}
		g := goroutine{stack: part[len(m[0]):]}
		g.state, g.durable = strings.CutSuffix(m[1], " (durable)")
		if in := inBubble.FindStringSubmatch(m[2]); in != nil {
			g.bubble = in[1]
		}
		list = append(list, g)
	}
	return list
}

// ownBubble is the caller's bubble.
func ownBubble() string {
	b := make([]byte, 256)
	m := inBubble.FindSubmatch(b[:runtime.Stack(b, false)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// keepTheClock are the goroutines of a bubble that keep its clock from going on:
// those that neither wait for the bubble itself nor are the bubble's own.
func keepTheClock(all []goroutine, bubble string) []goroutine {
	return slices.DeleteFunc(slices.Clone(all), func(g goroutine) bool {
		return g.bubble != bubble || g.durable || g.ofTheBubble()
	})
}

// beside are a bubble's goroutines but the caller and the bubble's own.
func beside(all []goroutine, bubble string) []goroutine {
	if len(all) > 0 {
		all = all[1:]
	}
	return slices.DeleteFunc(slices.Clone(all), func(g goroutine) bool {
		return g.bubble != bubble || g.ofTheBubble()
	})
}

// ofTheBubble says that package synctest started the goroutine for its own ends.
func (g goroutine) ofTheBubble() bool {
	return strings.HasPrefix(g.state, "synctest") || strings.HasPrefix(g.stack, "testing/synctest.testingSynctestTest(")
}

// maxFrames is how much of a stack says where somebody is.
const maxFrames = 6

// frame is a call in a stack: the function, and the place on the next line.
var frame = regexp.MustCompile(`(?m)^(\S.*?)(?:\([^()]*\))?\n\t(\S+:\d+)`)

// framesOf keeps the calls of a stack that are somebody's own, the innermost
// first: what the runtime and net/http do says little about an app.
func framesOf(stack string) string {
	var own, all []string
	for _, m := range frame.FindAllStringSubmatch(stack, -1) {
		line := fmt.Sprintf("    %s\n        %s", m[1], m[2])
		all = append(all, line)
		if !machinery(m[1]) {
			own = append(own, line)
		}
	}
	if len(own) == 0 {
		own = all
	}
	return strings.Join(own[:min(len(own), maxFrames)], "\n")
}

func machinery(function string) bool {
	function = strings.TrimPrefix(function, "created by ")
	for _, prefix := range []string{"runtime.", "runtime/", "panic(", "net/http.", "internal/", "time.", "sync.", "syscall.", "testing.", "testing/", "net.", "bufio.", "io.", "github.com/seed-76a9de92/brownout/scenarios/drilltest.(*guard)"} {
		if strings.HasPrefix(function, prefix) {
			return true
		}
	}
	return function == "panic"
}
