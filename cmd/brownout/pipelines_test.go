package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// workspace is a checked-out repository with an app and its app file.
func workspace(t *testing.T, style string) string {
	t.Helper()
	dir := t.TempDir()
	addr, err := freeAddr()
	if err != nil {
		t.Fatal(err)
	}
	app := fmt.Sprintf(`
app:
  command: [supportbot, "%[1]s"]
  env: {STYLE: %[2]s}
  ready: {url: "http://%[1]s/healthz", within: 30s}
providers:
  primary: {dialect: openai, listen: "127.0.0.1:0"}
  secondary: {dialect: anthropic, listen: "127.0.0.1:0"}
traffic:
  target: http://%[1]s
  journeys:
    chat:
      rate: 40/s
      request: {method: POST, path: /chat, json: {message: "{{prompt}}"}, stream: true}
      answer: {sse: "$.delta"}
      timeout: 5s
      degraded: {json: {"$.degraded": true}}
      restart: {event: reset}
`, addr, style)
	if err := os.WriteFile(filepath.Join(dir, "app.drill.yaml"), []byte(app), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "drills"), os.DirFS("testdata/scenarios")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// punctual plays a drill, and again when the machine was too busy to keep its schedule.
// What plays it says where its results are.
func punctual(play func() string) {
	for range 4 {
		if card, _ := os.ReadFile(filepath.Join(play(), "card.json")); !strings.Contains(string(card), "sent late") {
			return
		}
	}
}

// onGitHub plays a workflow on a pull request whose comments are given; nil: its token
// may not see to them.
func onGitHub(t *testing.T, workflow, style string, comments []comment) *runner {
	t.Helper()
	jobs := parseYAML[struct {
		Permissions map[string]string
		Jobs        map[string]job
	}](t, workflow)
	if len(jobs.Jobs) != 1 || jobs.Permissions["pull-requests"] != "write" {
		t.Fatalf("the workflow has jobs %v and permissions %v", jobs.Jobs, jobs.Permissions)
	}
	var r *runner
	punctual(func() string {
		r = &runner{
			t: t, workspace: workspace(t, style), temp: t.TempDir(), uploaded: map[string]string{},
			values: map[string]string{"github.token": "t", "github.event.pull_request.number": "12"},
		}
		if comments != nil {
			r.pr = filepath.Join(t.TempDir(), "comments.json")
			b, err := json.Marshal(comments)
			if err := errors.Join(err, os.WriteFile(r.pr, b, 0o644)); err != nil {
				t.Fatal(err)
			}
		}
		for _, job := range jobs.Jobs {
			r.play(job.Steps)
		}
		return r.values["steps.drill.outputs.results"]
	})
	return r
}

func (r *runner) comments() []comment {
	var list []comment
	if err := json.Unmarshal([]byte(read(r.t, r.pr)), &list); err != nil {
		r.t.Fatal(err)
	}
	return list
}

// The workflow of the example drills an app that holds: the job is green, the card an
// artifact, the summary and the comment of last time.
func TestGitHubPipelinePasses(t *testing.T) {
	t.Parallel()
	var before [3]comment
	before[0].Body, before[0].User.Type = "<!-- brownout smoke -->\nsomebody's", "User"
	before[1].ID, before[1].Body, before[1].User.Type = 1, "<!-- brownout smoke -->\nlast time's", "Bot"
	before[2].ID, before[2].Body, before[2].User.Type = 2, "<!-- brownout other -->\n", "Bot"
	r := onGitHub(t, read(t, "../../examples/ci-github/brownout.yml"), "resilient", before[:])
	if r.failed || r.values["steps.drill.outputs.exit-code"] != "0" {
		t.Fatalf("the job failed:\n%s", r.log.String())
	}
	if dir := r.uploaded["brownout-smoke"]; !isFile(filepath.Join(dir, "card.html")) || !isFile(filepath.Join(dir, "junit.xml")) {
		t.Errorf("uploaded: %v", r.uploaded)
	}
	if !strings.Contains(r.log.String(), "::notice title=") || !strings.Contains(r.summary.String(), "### Bars") {
		t.Errorf("the log says\n%s\nand the summary\n%s", r.log.String(), r.summary.String())
	}
	after := r.comments()
	if len(after) != 3 || after[0] != before[0] || after[2] != before[2] {
		t.Fatalf("comments: %v", after)
	}
	for _, want := range []string{"<!-- brownout smoke -->\n## ✅ PASS", "### Bars", "https://github.example/team/app/actions/runs/77"} {
		if !strings.Contains(after[1].Body, want) {
			t.Errorf("the comment has no %q:\n%s", want, after[1].Body)
		}
	}
}

// A bar that is missed turns the job red, and the card is there all the same: with a
// first comment where the token may, with a warning where it may not.
func TestGitHubPipelineFails(t *testing.T) {
	t.Parallel()
	r := onGitHub(t, githubJob("drills/brief.drill.yaml", "app.drill.yaml"), "naive", []comment{})
	if !r.failed || r.values["steps.drill.outputs.exit-code"] != "99" {
		t.Fatalf("the job did not miss a bar:\n%s", r.log.String())
	}
	if dir := r.uploaded["brownout-brief"]; !isFile(filepath.Join(dir, "card.html")) {
		t.Errorf("uploaded: %v", r.uploaded)
	}
	if !strings.Contains(r.log.String(), "::error title=") || !strings.Contains(r.summary.String(), "❌") {
		t.Errorf("the log says\n%s\nand the summary\n%s", r.log.String(), r.summary.String())
	}
	if after := r.comments(); len(after) != 1 || !strings.HasPrefix(after[0].Body, "<!-- brownout brief -->\n## ❌ FAIL") {
		t.Errorf("comments: %v", after)
	}
	r.failed, r.pr = false, ""
	steps := readYAML[composite](t, "../../examples/ci-github/action.yml").Runs.Steps
	r.play(steps[len(steps)-1:])
	if warned := strings.Contains(r.log.String(), "::warning title=brownout::"); !warned || r.failed {
		t.Errorf("a comment that may not be: warned %t, failed %t", warned, r.failed)
	}
}

// A scenario that is none is pointed at, and nothing is left to keep.
func TestGitHubPipelineRefuses(t *testing.T) {
	t.Parallel()
	r := onGitHub(t, githubJob("app.drill.yaml", "app.drill.yaml"), "naive", []comment{})
	if !r.failed || len(r.uploaded) > 0 || r.summary.Len() > 0 || len(r.comments()) > 0 {
		t.Errorf("failed %t, uploaded %v, summary %q, comments %v", r.failed, r.uploaded, r.summary.String(), r.comments())
	}
	if !strings.Contains(r.log.String(), "::error file=app.drill.yaml,line=") {
		t.Errorf("no annotation in\n%s", r.log.String())
	}
}

// A gitlab is one job for GitLab, as far as the example goes.
type gitlab struct {
	Script    []string
	Artifacts struct {
		Paths   []string
		Reports map[string]string
	}
}

// The jobs for GitLab hand the binary on, and leave the reports where they are looked
// for, also when a bar is missed.
func TestGitLabPipeline(t *testing.T) {
	t.Parallel()
	jobs := parseYAML[map[string]gitlab](t, gitlabJob("drills/brief.drill.yaml", "app.drill.yaml"))
	var code int
	var said string
	punctual(func() string {
		dir := workspace(t, "naive")
		if code, said := jobs["brownout build"].play(t, dir); code != 0 {
			t.Fatalf("exit code %d\n%s", code, said)
		}
		code, said = jobs["brownout"].play(t, dir)
		return filepath.Join(dir, "results")
	})
	if code != exitMissed {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// play runs a job in a checked-out repository, and wants what it leaves. Here go
// installs nothing but what is under test.
func (g gitlab) play(t *testing.T, dir string) (int, string) {
	t.Helper()
	script := `go() { [ "$*" = "install ` + module + `/cmd/brownout@latest" ] && cp "$(command -v brownout)" "$GOBIN/"; }` + "\n"
	cmd := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", script+strings.Join(g.Script, "\n"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CI=true", "CI_PROJECT_DIR="+dir)
	said, err := cmd.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	for _, path := range slices.Concat(g.Artifacts.Paths, slices.Collect(maps.Values(g.Artifacts.Reports))) {
		if _, err := os.Stat(filepath.Join(dir, path)); err != nil {
			t.Errorf("%v\n%s", err, said)
		}
	}
	return cmd.ProcessState.ExitCode(), string(said)
}

// What the READMEs of the pipelines call brownout with, it understands.
func TestCommandsOfPipelines(t *testing.T) {
	called := regexp.MustCompile("/?brownout ((?:run|env|init|report|ctl) [^'\"`|<\n…]*)(…?)")
	for _, name := range []string{"ci-any", "ci-github", "ci-gitlab", "compose"} {
		all := called.FindAllStringSubmatch(read(t, filepath.Join("../../examples", name, "README.md")), -1)
		if len(all) == 0 {
			t.Errorf("%s calls nothing", name)
		}
		for _, m := range all {
			if m[2] == "" { // else it is told of, and not called
				understood(t, strings.Fields(m[1]))
			}
		}
	}
}
