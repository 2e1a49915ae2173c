package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// A job is one job of a GitHub workflow, as far as the examples go.
type job struct{ Steps []step }

// A composite is an action that is made of steps.
type composite struct {
	Inputs map[string]struct {
		Required bool
		Default  string
	}
	Runs job
}

type step struct {
	ID, Name, If, Uses, Shell, Run string
	Env, With                      map[string]string
}

// A runner plays GitHub: it runs what the steps run, in a checked-out workspace, and
// notes what they would have others do.
type runner struct {
	t         *testing.T
	workspace string
	temp      string
	values    map[string]string // what expressions know by name
	pr        string            // a file that gh keeps comments in

	summary, log strings.Builder
	uploaded     map[string]string // path by name
	failed       bool
}

// own is how a job names the action of this repository.
const own = "seed-76a9de92/brownout/"

func readYAML[T any](t *testing.T, path string) T {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return parseYAML[T](t, string(b))
}

func parseYAML[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// play goes through the steps. After a failure there is room for those alone that say
// always().
func (r *runner) play(steps []step, env ...string) {
	r.t.Helper()
	for _, s := range steps {
		if !r.wanted(s.If) {
			continue
		}
		path, ref, _ := strings.Cut(s.Uses, "@")
		ours, isOurs := strings.CutPrefix(path, own)
		switch {
		case s.Run != "":
			r.bash(s, env)
		case isOurs:
			r.action(filepath.Join("../..", ours), r.expandAll(s.With))
		case !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(ref):
			r.t.Errorf("%q is not pinned to a commit", s.Uses)
		case strings.HasSuffix(path, "/upload-artifact"):
			with := r.expandAll(s.With)
			r.uploaded[with["name"]] = with["path"]
		}
	}
}

// action plays a composite action, with its inputs.
func (r *runner) action(dir string, with map[string]string) {
	r.t.Helper()
	action := readYAML[composite](r.t, filepath.Join(dir, "action.yml"))
	for name, in := range action.Inputs {
		value, given := with[name]
		if !given && in.Required {
			r.t.Errorf("%s wants %s", dir, name)
		}
		if !given {
			value = in.Default
		}
		r.values["inputs."+name] = value
		delete(with, name)
	}
	if len(with) > 0 {
		r.t.Errorf("%s has no inputs %v", dir, with)
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		r.t.Fatal(err)
	}
	r.play(action.Runs.Steps, "GITHUB_ACTION_PATH="+dir)
}

// bash runs a step's script as GitHub does.
func (r *runner) bash(s step, env []string) {
	r.t.Helper()
	if strings.Contains(s.Run, "${{") {
		r.t.Errorf("%s: an expression in a script is run as a part of it", s.Name)
	}
	script, output, summary := filepath.Join(r.temp, "script.sh"), filepath.Join(r.temp, "output"), filepath.Join(r.temp, "summary")
	for path, text := range map[string]string{script: s.Run, output: "", summary: ""} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			r.t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(r.t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = r.workspace
	cmd.Env = append(os.Environ(), "CI=true", "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+summary, "RUNNER_TEMP="+r.temp,
		"GITHUB_SERVER_URL=https://github.example", "GITHUB_REPOSITORY=team/app", "GITHUB_RUN_ID=77", "GH_COMMENTS="+r.pr)
	cmd.Env = append(cmd.Env, env...)
	for name, value := range r.expandAll(s.Env) {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	said, err := cmd.CombinedOutput()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		r.t.Fatal(err)
	}
	r.failed = r.failed || err != nil
	fmt.Fprintf(&r.log, "--- %s\n%s", s.Name, said)
	for line := range strings.Lines(read(r.t, output)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		r.values["steps."+s.ID+".outputs."+name] = value
	}
	r.summary.WriteString(read(r.t, summary))
}

// wanted evaluates a condition: terms that must all hold.
func (r *runner) wanted(condition string) bool {
	always := false
	for term := range strings.SplitSeq(condition, "&&") {
		term = strings.TrimSpace(term)
		left, right, compared := strings.Cut(term, " == ")
		switch {
		case term == "":
		case term == "always()":
			always = true
		case compared && r.value(left) != strings.Trim(right, "'"), !compared && r.value(term) == "":
			return false
		}
	}
	return always || !r.failed
}

// value is what a name of an expression stands for. A step that did not run has no
// outputs.
func (r *runner) value(name string) string {
	value, known := r.values[name]
	if !known && !strings.HasPrefix(name, "steps.") {
		r.t.Errorf("GitHub knows no %q here", name)
	}
	return value
}

func (r *runner) expandAll(texts map[string]string) map[string]string {
	expression := regexp.MustCompile(`\$\{\{ ([a-z._-]+) \}\}`)
	all := map[string]string{}
	for key, text := range texts {
		all[key] = expression.ReplaceAllStringFunc(text, func(e string) string {
			return r.value(expression.FindStringSubmatch(e)[1])
		})
	}
	return all
}

// A comment is one on the pull request, as GitHub's API has it.
type comment struct {
	ID   int                   `json:"id"`
	User struct{ Type string } `json:"user"`
	Body string                `json:"body"`
}

// gh is as much of GitHub's command as the action uses. The comments are in the file
// that GH_COMMENTS names; without one, the token may not do it.
func gh() {
	if err := ghAPI(os.Args[1:], os.Getenv("GH_COMMENTS")); err != nil {
		fmt.Fprintln(os.Stderr, "gh:", err)
		os.Exit(1)
	}
}

func ghAPI(args []string, file string) error {
	said := strings.Join(args, " ")
	b, err := os.ReadFile(file)
	if err != nil {
		return errors.New("Resource not accessible by integration (HTTP 403)")
	}
	var comments []comment
	if err := json.Unmarshal(b, &comments); err != nil {
		return err
	}
	list := regexp.MustCompile(`^api --paginate repos/team/app/issues/12/comments --jq \.\[\] \| select\(\.user\.type == "Bot" and \(\.body \| startswith\("(.*)"\)\)\) \| \.id$`)
	change := regexp.MustCompile(`^api --silent -X PATCH repos/team/app/issues/comments/(\d+) -F body=@(.*)$`)
	create := regexp.MustCompile(`^api --silent repos/team/app/issues/12/comments -F body=@(.*)$`)
	if m := list.FindStringSubmatch(said); m != nil {
		for _, c := range comments {
			if c.User.Type == "Bot" && strings.HasPrefix(c.Body, m[1]) {
				fmt.Println(c.ID)
			}
		}
		return nil
	}
	var path string
	at := len(comments)
	if m := change.FindStringSubmatch(said); m != nil {
		at, err = strconv.Atoi(m[1])
		path = m[2]
	} else if m := create.FindStringSubmatch(said); m != nil {
		comments = append(comments, comment{ID: at, User: struct{ Type string }{"Bot"}})
		path = m[1]
	} else {
		return fmt.Errorf("no such call: %s", said)
	}
	body, err2 := os.ReadFile(path)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	comments[at].Body = string(body)
	b, err = json.Marshal(comments)
	return errors.Join(err, os.WriteFile(file, b, 0o644))
}
