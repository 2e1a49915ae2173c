package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// watched CODE COMMAND… looks at the live page of a command as its leader. Once there is
// a timeline it ends the command with SIGINT, and wants that exit code. It keeps what
// came as events.txt, and the card that the page became as page.html.
func watched(ts *testscript.TestScript, _ bool, args []string) {
	underWay(ts, args, func(cmd *exec.Cmd) {
		said, err := os.ReadFile(ts.MkAbs("stderr.txt"))
		ts.Check(err)
		_, rest, _ := strings.Cut(string(said), "buttons: ")
		page, _, _ := strings.Cut(rest, "\n")
		base, token, _ := strings.Cut(page, "/#")
		ask := func(path string) io.ReadCloser {
			req, err := http.NewRequest(http.MethodGet, base+path, http.NoBody)
			ts.Check(err)
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := http.DefaultClient.Do(req)
			ts.Check(err)
			return resp.Body
		}
		events := ask("/events")
		defer events.Close()
		var came strings.Builder
		lines := bufio.NewScanner(events)
		lines.Buffer(nil, 1<<20)
		for signalled := false; lines.Scan(); {
			came.WriteString(lines.Text() + "\n")
			if lines.Text() == "event: timeline" && !signalled {
				signalled = true
				ts.Check(cmd.Process.Signal(os.Interrupt))
			}
		}
		card := ask("/card.html")
		defer card.Close()
		b, err := io.ReadAll(card)
		ts.Check(errors.Join(err, os.WriteFile(ts.MkAbs("page.html"), b, 0o644), os.WriteFile(ts.MkAbs("events.txt"), []byte(came.String()), 0o644)))
	})
}
