package yamltree

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Limits of what is read. They are far beyond what anybody writes and keep a
// hostile file from costing more than a blink.
const (
	MaxBytes  = 1 << 20
	maxDepth  = 64
	maxValues = 100_000 // with aliases written out
)

// Read reads a file's text into a tree. It is nil when nothing could be made of
// the file; problems then say why.
func Read(name string, data []byte, problems *Problems) *Node {
	if len(data) > MaxBytes {
		problems.File(name, "too-big", "bigger than 1 MiB; a scenario is some kilobytes")
		return nil
	}
	data = plain(data)
	src := &Source{Name: name, rank: problems.files, lines: splitLines(string(data))}
	problems.files++
	if pos, what, hint := firstBad(src, data); what != "" {
		problems.Error(pos, "not-text", "%s; a scenario is plain text", what).Hint = hint
		return nil
	}
	doc := parse(src, data, problems)
	if doc == nil {
		return nil
	}
	return newReader(src, problems).document(doc)
}

// plain is a text without what editors on Windows add to it: a byte order mark, and a
// carriage return at the end of each line. No place moves by that.
func plain(data []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
}

// firstBad finds the first character that is not UTF-8, controls a terminal, or that
// editors add and do not show, and says how to be rid of it. YAML forbids some of
// them, but its parser gives no place; others would be in the way of who compares
// files byte by byte.
func firstBad(src *Source, data []byte) (pos Pos, what, hint string) {
	line, col := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		pos := Pos{Source: src, Line: line, Col: col, End: col + 1}
		switch {
		case r == utf8.RuneError && size == 1:
			return pos, "not UTF-8", "save the file as UTF-8"
		case r == '\n':
			line, col = line+1, 0
		case r == '\r':
			return pos, "a carriage return within a line", "let lines end as on Unix, in LF, or as on Windows, in CRLF"
		case r == 0xFEFF:
			return pos, "a byte order mark within the text", "leave it out; it is only at the beginning that it means something"
		case r < ' ' && r != '\t', r >= 0x7f && r < 0xa0 && r != 0x85:
			return pos, fmt.Sprintf("a control character, %U", r), "leave it out"
		}
		i, col = i+size, col+1
	}
	return Pos{}, "", ""
}

// parse runs the YAML parser, nil when the text is not one YAML document.
func parse(src *Source, data []byte, problems *Problems) *yaml.Node {
	var doc yaml.Node
	err := yaml.Load(data, &doc, yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err == nil {
		return &doc
	}
	pos, message := Pos{Source: src, Line: 1, Col: 1, End: 2}, err.Error()
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		message = e.Message
		if e.Mark.Line > 0 {
			pos.Line, pos.Col = e.Mark.Line, e.Mark.Column
			pos.End = pos.Col + 1
		}
		if e.ContextMark.Line > 0 && e.ContextMsg != "" {
			message += " (" + e.ContextMsg + ")"
		}
	}
	reportSyntax(src, pos, message, problems)
	return nil
}

// reportSyntax words what the YAML parser said for people who never saw its
// source.
func reportSyntax(src *Source, pos Pos, message string, problems *Problems) {
	switch {
	case strings.Contains(message, "no documents"):
		problems.Error(pos, "empty", "the file is empty; a scenario begins with version: 1")
	case strings.Contains(message, "found multiple"):
		for i, line := range src.lines {
			if strings.HasPrefix(string(line), "---") {
				pos.Line, pos.End = i+1, 4
			}
		}
		problems.Error(pos, "many-documents", "more than one document; a scenario is one file without a second ---")
	case strings.Contains(message, "max depth"):
		problems.Error(pos, "too-deep", "nested deeper than %d levels; a scenario needs ten", maxDepth)
	case strings.HasPrefix(strings.TrimLeft(string(src.line(pos.Line)), " "), "\t"):
		problems.Error(pos, "not-yaml", "a tab; YAML is indented with spaces")
	case strings.Contains(message, "end of stream") && pos.Line >= len(src.lines):
		pos.Line, pos.Col = len(src.lines), 1
		problems.Error(pos, "not-yaml", "not YAML: %s", message)
	default:
		problems.Error(pos, "not-yaml", "not YAML: %s", message)
	}
}
