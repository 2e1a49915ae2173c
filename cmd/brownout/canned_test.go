package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/seed-76a9de92/brownout/scorecard/record"
)

// canned DIR [WORD…] leaves in DIR the log that the scorecard's own goldens are made
// of, as a run would. With the word spoilt, chat fails from 18 s to 38 s; with reseeded,
// it was played with another seed.
func canned(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) == 0 {
		ts.Fatalf("usage: canned DIR [spoilt] [reseeded]")
	}
	from, err := os.Open(filepath.Join(ts.Getenv("SCORECARD"), "testdata", "golden.log.jsonl"))
	ts.Check(err)
	defer from.Close()
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	to, err := os.Create(filepath.Join(dir, "log.jsonl"))
	ts.Check(err)
	defer to.Close()
	out := record.NewWriter(to)
	for e, err := range record.Read(from) {
		ts.Check(err)
		switch l := e.Line; {
		case l.Setup != nil && slices.Contains(args, "reseeded"):
			l.Setup.Scenario.Seed++
		case l.User != nil && slices.Contains(args, "spoilt"):
			spoil(l.User)
		}
		ts.Check(out.Write(e.Line))
	}
}

// truncated FILE SIZE cuts a file off.
func truncated(ts *testscript.TestScript, _ bool, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(size)))
}

// appended FILE TEXT adds a text to a file, without an end of line.
func appended(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_WRONLY, 0)
	ts.Check(err)
	_, err = f.WriteString(args[1])
	ts.Check(errors.Join(err, f.Close()))
}

// spoil makes an error of what a chat user got in the middle of the drill.
func spoil(u *record.User) {
	if due := u.Due.Float(); u.Journey == "chat" && due > 18 && due < 38 {
		*u = record.User{
			N: u.N, Journey: u.Journey, Nonce: u.Nonce, Due: u.Due, Sent: u.Sent, Ended: u.Ended,
			Status: 502, Told: true, How: "complete",
		}
	}
}
