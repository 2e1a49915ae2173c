package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
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

// githubJob uses the action of this repository, which builds brownout from the commit
// it is used at.
func githubJob(scenario, app string) string {
	return fmt.Sprintf(`# A job for GitHub: copy it to .github/workflows/brownout.yml, and add the steps
# that your app needs to start.
name: brownout
on: [pull_request]
permissions:
  contents: read
  pull-requests: write # the card is a comment
jobs:
  drill:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1
        with: {persist-credentials: false}
      # What your app needs goes here: actions/setup-python, npm ci and the like.
      - uses: seed-76a9de92/brownout/examples/ci-github@%[3]s # a commit's full hash pins it
        with: {scenario: %[1]s, with: %[2]s}
`, scenario, app, cmp.Or(origin().commit, "main"))
}

// gitlabJob builds brownout where there is Go, so that the drill can run in the app's
// own image: the binary needs nothing.
func gitlabJob(scenario, app string) string {
	return fmt.Sprintf(`# Jobs for GitLab: copy them into .gitlab-ci.yml. Let the image of the drill be your
# app's, and install there what the app needs to start.
.brownout:
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"

brownout build:
  extends: .brownout
  stage: build
  image: golang:1.26
  variables: {CGO_ENABLED: "0"}
  script:
    - GOBIN="$CI_PROJECT_DIR" go install github.com/seed-76a9de92/brownout/cmd/brownout@%[3]s
  artifacts:
    paths: [brownout]
    expire_in: 1 day

brownout:
  extends: .brownout
  stage: test
  needs: ["brownout build"]
  image: debian:stable
  script:
    - ./brownout validate %[1]s --with %[2]s --format text --format gitlab=gl-code-quality-report.json
    - ./brownout run %[1]s --with %[2]s -o results
  artifacts:
    when: always
    expose_as: the card
    paths: [results/]
    reports:
      junit: results/junit.xml
      codequality: gl-code-quality-report.json
`, scenario, app, cmp.Or(origin().version, "latest"))
}

// source is where a brownout comes from: a version for go install, and a commit for
// GitHub, which takes none that is shortened. Empty: it is not known, or was changed.
type source struct{ version, commit string }

func origin() source {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return source{}
	}
	var from source
	if v := info.Main.Version; v != "(devel)" && !strings.HasSuffix(v, "+dirty") {
		from.version = v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && from.version != "" {
			from.commit = s.Value
		}
	}
	return from
}
