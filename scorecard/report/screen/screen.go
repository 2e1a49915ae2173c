// Package screen writes text for a terminal: lines that fit, tables whose columns stand
// under each other, and colours and signs as far as the terminal knows them.
//
//	t := screen.New(80, false, false)
//	t.Line(t.Paint("31", "FAIL"))
//	t.Wrapped("  ", "a sentence that may be longer than a line")
//	t.Table([][]screen.Cell{{{Text: "availability"}, {Text: "97.2 %", Right: true}}})
//	_, err := io.WriteString(out, t.String())
package screen

import (
	"regexp"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/seed-76a9de92/brownout/scorecard/plain"
)

// A Text is what is to be shown. It knows how wide lines are, and whether colour and
// signs beyond ASCII are wanted, and holds what is written until all of it is.
type Text struct {
	strings.Builder

	Width int // columns
	color bool
	ascii bool
}

// New is an empty text in lines of so many columns: 80 for 0, and 40 at least.
func New(width int, color, ascii bool) *Text {
	if width == 0 {
		width = 80
	}
	return &Text{Width: max(width, 40), color: color, ascii: ascii}
}

// Paint colours s, but for the spaces at its end, with an SGR code ("31",
// "1;32"), if colour is wanted.
func (t *Text) Paint(code, s string) string {
	text := strings.TrimRight(s, " ")
	if !t.color || code == "" || text == "" {
		return s
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m" + s[len(text):]
}

// Line writes a line without spaces at its end.
func (t *Text) Line(parts ...string) {
	t.WriteString(t.signs(strings.TrimRight(strings.Join(parts, ""), " ")) + "\n")
}

// signs writes s with the signs that the terminal knows. What is measured before it is
// written must go through it before: stand-ins may be wider.
func (t *Text) signs(s string) string {
	if t.ascii {
		return plain.ASCII(s)
	}
	return s
}

// Wrapped writes text in lines of the terminal's width, the first after first,
// the others after as much space.
func (t *Text) Wrapped(first, text string) {
	first = t.signs(first)
	indent := first
	for _, line := range Wrap(t.signs(text), t.Width-plain.Width(first)) {
		t.Line(indent, line)
		indent = strings.Repeat(" ", plain.Width(first))
	}
}

// Pad fills s with spaces to width columns, cutting what is longer.
func Pad(s string, width int) string {
	s = plain.Fit(s, width)
	return s + strings.Repeat(" ", max(width-plain.Width(s), 0))
}

// padLeft is Pad with the spaces in front.
func padLeft(s string, width int) string {
	s = plain.Fit(s, width)
	return strings.Repeat(" ", max(width-plain.Width(s), 0)) + s
}

// glue is the space that no line is broken at.
const glue = "\u00a0"

// Glued keeps figures and their units on one line.
func Glued(s string) string {
	return regexp.MustCompile(`([0-9]) (%|×|m?s\b|min\b)`).ReplaceAllString(s, "${1}"+glue+"${2}")
}

// Wrap breaks text into lines of at most width columns, at spaces where it can,
// but not between a figure and its unit.
func Wrap(text string, width int) []string {
	width = max(width, 10)
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(Glued(text), func(r rune) bool { return r == ' ' }) {
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

// A Cell is one place in a table.
type Cell struct {
	Text  string
	Color string // SGR code, may be empty
	Right bool   // numbers stand on the right
	Below bool   // it stands on lines of its own, after its row
}

// Table writes rows with their columns under each other, indented by two. The
// last column, when it is not a number, is wrapped, and stands on lines of its own
// below where the rest of its line is too short for it.
func (t *Text) Table(rows [][]Cell) {
	var widths []int
	for _, row := range rows {
		for i, c := range row {
			c.Text = t.signs(c.Text)
			row[i] = c
			if c.Below {
				continue
			}
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], plain.Width(c.Text))
		}
	}
	t.squeeze(widths)
	for _, row := range rows {
		t.row(row, widths)
	}
}

// squeeze takes from the widest columns until the row fits the terminal. Of the
// last one, which wraps, a little is enough.
func (t *Text) squeeze(widths []int) {
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
		if used <= t.Width || len(widths) < 2 || widths[widest] <= least {
			return
		}
		widths[widest]--
	}
}

func (t *Text) row(row []Cell, widths []int) {
	var b strings.Builder
	used := 0
	if last := row[len(row)-1]; last.Below {
		defer t.below(last)
		row = row[:len(row)-1]
	}
	for i, c := range row {
		b.WriteString("  ")
		used += 2
		width := min(widths[i], max(t.Width-used, 0))
		if last := i == len(widths)-1; last && !c.Right {
			t.ending(b.String(), used, c)
			return
		}
		text := Pad(c.Text, width)
		if c.Right {
			text = padLeft(c.Text, width)
		}
		b.WriteString(t.Paint(c.Color, text))
		used += width
	}
	t.Line(b.String())
}

// below writes what follows a row on lines of its own.
func (t *Text) below(c Cell) {
	if c.Text != "" {
		t.Wrapped("      ", c.Text)
	}
}

// ending writes the last cell of a row after what comes before it in used columns.
func (t *Text) ending(before string, used int, c Cell) {
	const enough, indent = 40, 6
	if room := t.Width - used; plain.Width(c.Text) > room && room < enough {
		t.Line(before)
		before, used = strings.Repeat(" ", indent), indent
	}
	for _, line := range Wrap(c.Text, t.Width-used) {
		t.Line(before, t.Paint(c.Color, line))
		before = strings.Repeat(" ", used)
	}
}
