// Package library holds the shipped scenarios, one *.drill.yaml each. They name
// roles, not anybody's providers, so that each runs against any app that has an
// app file.
//
// Start at [List]; a scenario is read as any other:
//
//	for _, e := range library.List() {
//		plan, problems := scenarios.Load(e.Name, scenarios.Options{AppFile: "app.drill.yaml"})
//		…
//	}
package library

import (
	"embed"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

//go:embed *.drill.yaml roles.yaml
var shipped embed.FS

const suffix = ".drill.yaml"

// roles is what the shipped scenarios extend: whom an app asks, and its users. It
// is none itself.
const roles = "roles"

// Entry is one shipped scenario.
type Entry struct {
	Name    string // what run, demo and extends call it
	Title   string
	About   string
	Sources []string
	Teaches []string // codes of findings
	Length  time.Duration
}

// List gives all shipped scenarios, by name.
func List() []Entry {
	var list []Entry
	for _, name := range Names() {
		list = append(list, entry(name))
	}
	return list
}

// Names gives the names of all shipped scenarios, sorted.
func Names() []string {
	files, err := shipped.ReadDir(".")
	if err != nil {
		panic(fmt.Sprintf("library: the embedded files cannot be listed: %v", err))
	}
	var names []string
	for _, f := range files {
		if name, ok := strings.CutSuffix(f.Name(), suffix); ok {
			names = append(names, name)
		}
	}
	return names
}

// Read gives the text of a shipped scenario, or of roles, which they extend.
func Read(name string) ([]byte, bool) {
	if name == roles {
		data, err := shipped.ReadFile(roles + ".yaml")
		return data, err == nil
	}
	data, err := shipped.ReadFile(name + suffix)
	return data, err == nil
}

// entry reads what a list shows. It does not check: that a shipped scenario is
// right, and is what its entry says, a test sees to.
func entry(name string) Entry {
	var head struct {
		Title   string
		About   string
		Sources []string
		Teaches []string
		Phases  []struct {
			For time.Duration
		}
	}
	data, _ := Read(name)
	e := Entry{Name: name}
	if err := yaml.Unmarshal(data, &head); err != nil {
		return e
	}
	e.Title, e.About, e.Sources, e.Teaches = head.Title, strings.TrimSpace(head.About), head.Sources, head.Teaches
	for _, p := range head.Phases {
		e.Length += p.For
	}
	return e
}
