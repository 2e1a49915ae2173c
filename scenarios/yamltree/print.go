package yamltree

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Print writes diagnostics for people, each with its line and a caret under
// what is meant:
//
//	a.yaml:3:9: unknown key "nmae"; did you mean "name"? [unknown-key]
//	    3 |   nmae: x
//	      |   ^~~~
//	      a provider has dialect, listen and models
func Print(w io.Writer, diagnostics []Diagnostic) error {
	out := bufio.NewWriter(w)
	for _, d := range diagnostics {
		fmt.Fprintf(out, "%s [%s]\n", printable(d.String()), d.Code)
		if d.Snippet != "" {
			text, pad, width := d.window()
			fmt.Fprintf(out, "%5d | %s\n      | %*s^%s\n", d.Line, text, pad, "", strings.Repeat("~", width-1))
		}
		if d.Hint != "" {
			for _, line := range wrapped(printable(d.Hint), 94) {
				fmt.Fprintf(out, "      %s\n", line)
			}
		}
	}
	return out.Flush()
}

// wrapped breaks a text into lines between words.
func wrapped(text string, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}

// window cuts a long line down to the part around the caret: its text, how far
// the caret is in, and how many characters are meant.
func (d Diagnostic) window() (text string, pad, width int) {
	const most, before = 110, 50
	line := []rune(printable(d.Snippet))
	pad = min(d.Col-1, len(line))
	width = max(1, min(d.End-d.Col, len(line)-pad))
	if len(line) <= most {
		return string(line), pad, width
	}
	from := max(0, min(pad-before, len(line)-most))
	to := min(len(line), from+most)
	text, pad, width = string(line[from:to]), pad-from, max(1, min(width, to-pad))
	if from > 0 {
		text, pad = "…"+text, pad+1
	}
	if to < len(line) {
		text += "…"
	}
	return text, pad, width
}

// printable keeps what a file says from steering the terminal. Every character
// stays one, for the caret's sake.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '\uFFFD'
		}
		return r
	}, s)
}
