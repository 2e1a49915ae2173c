package report

import (
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// A terminal knows how wide lines are, and whether colour and signs beyond ASCII
// are wanted. It holds the text until all of it is written.
type terminal struct {
	strings.Builder
	width int
	color bool
	ascii bool
}

func newTerminal(opts Options) *terminal {
	width := opts.Width
	if width == 0 {
		width = 80
	}
	return &terminal{width: max(width, 40), color: opts.Color, ascii: opts.ASCII}
}

// paint colours s, but for the spaces at its end, with an SGR code ("31",
// "1;32"), if colour is wanted.
func (t *terminal) paint(code, s string) string {
	text := strings.TrimRight(s, " ")
	if !t.color || code == "" || text == "" {
		return s
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m" + s[len(text):]
}

// line writes a line without spaces at its end.
func (t *terminal) line(parts ...string) {
	t.WriteString(t.signs(strings.TrimRight(strings.Join(parts, ""), " ")) + "\n")
}

// signs writes s with the signs that the terminal knows. What is measured before it is
// written must go through it before: stand-ins may be wider.
func (t *terminal) signs(s string) string {
	if t.ascii {
		return plain.ASCII(s)
	}
	return s
}

// wrapped writes text in lines of the terminal's width, the first after first,
// the others after as much space.
func (t *terminal) wrapped(first, text string) {
	first = t.signs(first)
	indent := first
	for _, line := range wrap(t.signs(text), t.width-plain.Width(first)) {
		t.line(indent, line)
		indent = strings.Repeat(" ", plain.Width(first))
	}
}

// pad fills s with spaces to width columns, cutting what is longer.
func pad(s string, width int) string {
	s = plain.Fit(s, width)
	return s + strings.Repeat(" ", max(width-plain.Width(s), 0))
}

// padLeft is pad with the spaces in front.
func padLeft(s string, width int) string {
	s = plain.Fit(s, width)
	return strings.Repeat(" ", max(width-plain.Width(s), 0)) + s
}

// glue is the space that no line is broken at.
const glue = "\u00a0"

// glued keeps figures and their units on one line.
func glued(s string) string {
	return regexp.MustCompile(`([0-9]) (%|×|m?s\b|min\b)`).ReplaceAllString(s, "${1}"+glue+"${2}")
}

// wrap breaks text into lines of at most width columns, at spaces where it can,
// but not between a figure and its unit.
func wrap(text string, width int) []string {
	width = max(width, 10)
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(glued(text), func(r rune) bool { return r == ' ' }) {
		word = strings.ReplaceAll(word, glue, " ")
		for plain.Width(word) > width {
			head := (&runewidth.Condition{}).Truncate(word, width, "")
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case plain.Width(line)+1+plain.Width(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// A cell is one place in a table.
type cell struct {
	text  string
	color string // SGR code, may be empty
	right bool   // numbers stand on the right
	below bool   // it stands on lines of its own, after its row
}

// table writes rows with their columns under each other, indented by two. The
// last column, when it is not a number, is wrapped, and stands on lines of its own
// below where the rest of its line is too short for it.
func (t *terminal) table(rows [][]cell) {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			c.text = t.signs(c.text)
			row[i] = c
			if c.below {
				continue
			}
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], plain.Width(c.text))
		}
	}
	t.squeeze(widths)
	for _, row := range rows {
		t.row(row, widths)
	}
}

// squeeze takes from the widest columns until the row fits the terminal. Of the
// last one, which wraps, a little is enough.
func (t *terminal) squeeze(widths []int) {
	const least, wrapped = 4, 12
	for {
		used, widest := 0, 0
		for i, width := range widths {
			if i == len(widths)-1 {
				width = min(width, wrapped)
			}
			used += 2 + width
			if i < len(widths)-1 && width > widths[widest] {
				widest = i
			}
		}
		if used <= t.width || len(widths) < 2 || widths[widest] <= least {
			return
		}
		widths[widest]--
	}
}

func (t *terminal) row(row []cell, widths []int) {
	var b strings.Builder
	used := 0
	if last := row[len(row)-1]; last.below {
		defer t.below(last)
		row = row[:len(row)-1]
	}
	for i, c := range row {
		b.WriteString("  ")
		used += 2
		width := min(widths[i], max(t.width-used, 0))
		if last := i == len(widths)-1; last && !c.right {
			t.ending(b.String(), used, c)
			return
		}
		text := pad(c.text, width)
		if c.right {
			text = padLeft(c.text, width)
		}
		b.WriteString(t.paint(c.color, text))
		used += width
	}
	t.line(b.String())
}

// below writes what follows a row on lines of its own.
func (t *terminal) below(c cell) {
	if c.text != "" {
		t.wrapped("      ", c.text)
	}
}

// ending writes the last cell of a row after what comes before it in used columns.
func (t *terminal) ending(before string, used int, c cell) {
	const enough, indent = 40, 6
	if room := t.width - used; plain.Width(c.text) > room && room < enough {
		t.line(before)
		before, used = strings.Repeat(" ", indent), indent
	}
	for _, line := range wrap(c.text, t.width-used) {
		t.line(before, t.paint(c.color, line))
		before = strings.Repeat(" ", used)
	}
}
