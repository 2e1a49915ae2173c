package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/seed-76a9de92/brownout/scorecard/report"
)

// House rules of the terminal:
//   - stdout is the result, stderr the conversation;
//   - an error is one line that begins with "brownout: ", a hint is a line of
//     its own that begins with "hint: ";
//   - colours only on a terminal, never with NO_COLOR;
//   - as wide as COLUMNS says, or else the terminal; nothing but ASCII where the
//     locale names another character set than UTF-8, or TERM is dumb.

// terminal is where a command talks.
type terminal struct {
	out, err io.Writer
	log      *slog.Logger // that the conversation goes to instead of err; nil: none
}

func newTerminal(out, err io.Writer) *terminal { return &terminal{out: &result{to: out}, err: err} }

// result is stdout, which remembers when it could not be written: a command prints what
// it has to say and does not look.
type result struct {
	to  io.Writer
	err error
}

func (r *result) Write(b []byte) (int, error) {
	n, err := r.to.Write(b)
	if r.err == nil && err != nil {
		r.err = fmt.Errorf("write the result: %w", err)
	}
	return n, err
}

// unwritten is why the result could not be written, nil when it was.
func (t *terminal) unwritten() error {
	if r, ok := t.out.(*result); ok {
		return r.err
	}
	return nil
}

// sayf writes a line of the conversation.
func (t *terminal) sayf(format string, args ...any) {
	if t.log != nil {
		t.log.Info(fmt.Sprintf(format, args...))
		return
	}
	fmt.Fprintf(t.err, format+"\n", args...)
}

// fail writes an error and its hint.
func (t *terminal) fail(err error, hint string) {
	if t.log != nil {
		t.log.Error(err.Error(), "hint", hint)
		return
	}
	t.sayf("brownout: %s", strings.TrimRight(err.Error(), "\n"))
	if hint != "" {
		t.sayf("hint: %s", hint)
	}
}

// fd is the file descriptor behind a writer that is a terminal.
func fd(w io.Writer) (int, bool) {
	if r, ok := w.(*result); ok {
		w = r.to
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	return int(f.Fd()), true
}

// lively says whether moving bars belong on stderr.
func (t *terminal) lively() bool {
	_, ok := fd(t.err)
	return ok && t.log == nil && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb"
}

// style is how text is laid out on stdout.
func (t *terminal) style() report.Options {
	opts := report.Options{Width: 100, ASCII: !unicodeLocale(os.Getenv)}
	if d, ok := fd(t.out); ok {
		dumb := os.Getenv("TERM") == "dumb"
		opts.Color = os.Getenv("NO_COLOR") == "" && !dumb
		opts.ASCII = opts.ASCII || dumb
		if width, _, err := term.GetSize(d); err == nil && width > 0 {
			opts.Width = width
		}
	}
	if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
		opts.Width = columns
	}
	return opts
}

// unicodeLocale says whether the locale has UTF-8. Where the environment names none,
// as in most containers and on Windows, it is taken to have.
func unicodeLocale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}
