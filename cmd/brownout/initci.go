package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ciSystem is one system of continuous integration that init writes a job for.
type ciSystem struct {
	name, doc string
	sign      string // a file that its users have where they stand; "": none tells
	job       func(scenario, app string) string
}

// noCI is for those who want no job.
const noCI = "none"

// ciSystems is the table of those systems. The last is the one that nothing tells.
func ciSystems() []ciSystem {
	return []ciSystem{
		{"gitlab", "a job for GitLab", ".gitlab-ci.yml", gitlabJob},
		{"github", "a job for GitHub", "", githubJob},
	}
}

// ciSystemOf finds the system: as it is said, else by a file that tells.
func ciSystemOf(name string, names []string) (ciSystem, error) {
	all := ciSystems()
	for _, c := range all {
		_, err := os.Stat(c.sign)
		if c.name == name || name == "" && (c.sign == "" || !errors.Is(err, os.ErrNotExist)) {
			return c, nil
		}
	}
	if !slices.Contains(names, name) {
		return ciSystem{}, &exit{code: exitUsage, err: fmt.Errorf("unknown CI %q", name), hint: "CI: " + strings.Join(names, ", ")}
	}
	return ciSystem{}, nil
}

// file is the job's. It runs where init does.
func (c ciSystem) file(dir, scenario, app string) startFile {
	if filepath.IsLocal(dir) {
		scenario, app = filepath.ToSlash(filepath.Join(dir, scenario)), filepath.ToSlash(filepath.Join(dir, app))
	}
	return startFile{"brownout." + c.name + ".yml", c.job(scenario, app), c.doc}
}

func githubJob(scenario, app string) string {
	return fmt.Sprintf(`# A job for GitHub: copy it to .github/workflows/brownout.yml, and add the steps
# that your app needs to start.
name: brownout
on: [pull_request]
jobs:
  drill:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-go@v5
        with: {go-version: stable}
      - run: go install github.com/seed-76a9de92/brownout/cmd/brownout@latest
      - run: brownout validate %[1]s --with %[2]s --format text --format github
      - run: brownout run %[1]s --with %[2]s -o results --format text --format github
      - if: always()
        uses: actions/upload-artifact@v4
        with: {name: brownout, path: results}
`, scenario, app)
}

func gitlabJob(scenario, app string) string {
	return fmt.Sprintf(`# A job for GitLab: copy it into .gitlab-ci.yml, and add what your app needs to start.
brownout:
  image: golang:latest
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - go install github.com/seed-76a9de92/brownout/cmd/brownout@latest
    - brownout validate %[1]s --with %[2]s --format text --format gitlab=gl-code-quality-report.json
    - brownout run %[1]s --with %[2]s -o results
  artifacts:
    when: always
    paths: [results]
    reports:
      junit: results/junit.xml
      codequality: gl-code-quality-report.json
`, scenario, app)
}
