package history

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// File is the name of an index.
const File = "index.ndjson"

// A Line is one line of an index: a run, or the word that a run is to be kept or need
// not be kept any longer. Exactly one of the three is set.
type Line struct {
	Schema int    `json:"schema"`
	Run    *Run   `json:"run,omitempty"`
	Pin    string `json:"pin,omitempty"`   // directory
	Unpin  string `json:"unpin,omitempty"` // directory
}

// Bytes is the line as it is written, with its end. What is only known when the index
// is read (pinned, gone) is left out.
func (l Line) Bytes() ([]byte, error) {
	l.Schema = Schema
	if l.Run != nil {
		r := *l.Run
		r.Pinned, r.Gone = false, false
		l.Run = &r
	}
	raw, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	return append(raw, '\n'), nil
}

// longest bounds a line, in bytes. One that a run writes is below two thousand.
const longest = 64 << 10

// Read reads an index. Lines that are none of ours, or cut off, are passed over; their
// numbers are given, from 1. The error is what r said, or [record.ErrNewer] of a line
// of a newer schema, which may mean what this version cannot know.
func Read(r io.Reader) (lines []Line, broken []int, err error) {
	in := bufio.NewReaderSize(r, longest)
	for no := 1; ; no++ {
		raw, err := in.ReadSlice('\n')
		// A writer that comes upon another's half-written line begins anew, and leaves
		// a line with nothing on it where the other then ends.
		empty := len(bytes.TrimSpace(raw)) == 0
		l, ok := Line{}, false
		if !errors.Is(err, bufio.ErrBufferFull) {
			l, ok = parse(raw)
		}
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = in.ReadSlice('\n')
		}
		last := errors.Is(err, io.EOF)
		switch {
		case err != nil && !last:
			return lines, broken, fmt.Errorf("index: line %d: %w", no, err)
		case empty:
		case l.Schema > Schema:
			return lines, broken, fmt.Errorf("index: line %d: schema %d, this version reads up to %d: %w", no, l.Schema, Schema, record.ErrNewer)
		case !ok:
			broken = append(broken, no)
		default:
			lines = append(lines, l)
		}
		if last {
			return lines, broken, nil
		}
	}
}

// parse reads a line, and says whether it is one of an index.
func parse(raw []byte) (Line, bool) {
	var head struct {
		Schema int `json:"schema"`
	}
	if json.Unmarshal(raw, &head) == nil && head.Schema > Schema {
		return Line{Schema: head.Schema}, true // the rest may well not fit
	}
	var l Line
	if json.Unmarshal(raw, &l) != nil || l.Schema < 1 {
		return l, false
	}
	said := 0
	for _, yes := range []bool{l.Run != nil && l.Run.Dir != "", l.Pin != "", l.Unpin != ""} {
		if yes {
			said++
		}
	}
	return l, said == 1
}
