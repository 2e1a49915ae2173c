package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/seed-76a9de92/brownout/cmd/brownout/results"
	"github.com/seed-76a9de92/brownout/scorecard"
	"github.com/seed-76a9de92/brownout/scorecard/history"
)

// dirRefused gives a result directory that cannot be had its exit code and hint.
func dirRefused(err error) error {
	refused, ok := errors.AsType[*results.Refusal](err)
	if !ok {
		return err
	}
	switch refused.Reason {
	case results.NotEmpty:
		return notEmpty(refused, "the run")
	case results.NotWritten:
		return &exit{code: exitTool, err: refused, hint: "the result directory must be one to write to; name another with -o"}
	}
	return &exit{code: exitTool, err: refused, hint: "name one that can be made and written to with -o"}
}

// occupied refuses a result directory that holds something.
func occupied(path, what string) error {
	return notEmpty(fmt.Errorf("result directory %q is not empty", path), what)
}

// notEmpty is such a refusal; what --force would replace is named, if there is a --force.
func notEmpty(err error, what string) error {
	hint := "choose another with -o"
	if what != "" {
		hint += ", or --force to replace " + what + " in it"
	}
	return &exit{code: exitUsage, err: err, hint: hint}
}

// remember adds a run to the history. A drill is not undone by an index that cannot be
// written.
func remember(term *terminal, whole, dir string, card *scorecard.Card) {
	if err := results.Remember(whole, dir, card); err != nil {
		term.sayf("%v", err)
	}
}

// readHistory gives the history of a directory of results.
func readHistory(term *terminal, dir string) (*history.History, error) {
	if _, err := os.ReadDir(dir); err != nil {
		return nil, &exit{
			code: exitTool, err: fmt.Errorf("history: %w", err),
			hint: "name the directory that holds the results of runs; without -o `brownout run` leaves them in " + results.Dir,
		}
	}
	h, err := results.History(dir, func(name string, err error) { term.sayf("%s is left out: %v", name, err) })
	if err != nil {
		return nil, &exit{code: exitTool, err: fmt.Errorf("history: %w", err)}
	}
	return h, nil
}
