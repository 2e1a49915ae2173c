// Package scenarios is the language of drills: it reads a YAML file, with its
// parents and an app file, into a [Plan], or says everything that is wrong with
// it at once, each with file, line and column. It performs nothing.
//
// Start at [Load]:
//
//	plan, problems := scenarios.Load("support.drill.yaml", scenarios.Options{})
//	scenarios.Print(os.Stderr, problems)
//	if plan == nil { … }
//
// The words of the language stand in one table, [KeyTable], whose rows decode
// the file (package schema), over a tree that knows every value's place (package
// yamltree). What a fault, a metric, a dialect or a request may be is asked of
// the packages that own it, so a new row there is a new word here. The way of a
// file is: files.go → load.go → keys*.go → draft.go → timeline.go, bars.go, … →
// [Plan]; check*.go refuses what cannot mean anything, warn*.go says what is
// unwise.
package scenarios
