package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A composition is a compose file, as far as the example goes.
type composition struct {
	Services map[string]struct {
		Profiles, Command []string
		Build             struct{ Context, Dockerfile, Target string }
		Environment       map[string]string
		Healthcheck       struct{ Test []string }
		DependsOn         map[string]struct{ Condition string } `yaml:"depends_on"`
		Volumes           []string
		Networks          any
	}
}

const composeDir = "../../examples/compose"

// The services start what there is, with flags that brownout understands, wait for
// services that say when they are well, and find each other.
func TestCompose(t *testing.T) {
	file := readYAML[composition](t, filepath.Join(composeDir, "compose.yaml"))
	stages := containerfile(t)
	for name, s := range file.Services {
		if s.Build.Context != "../.." || s.Build.Dockerfile != "examples/compose/Containerfile" || !slices.Contains(stages, s.Build.Target) {
			t.Errorf("%s is built from %v; there are %v", name, s.Build, stages)
		}
		for other, on := range s.DependsOn {
			if on.Condition != "service_healthy" || len(file.Services[other].Healthcheck.Test) < 2 {
				t.Errorf("%s waits for %s to be %s, which never tells", name, other, on.Condition)
			}
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, err := os.Stat(filepath.Join(composeDir, from)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(s.Command) > 0 {
			understood(t, s.Command)
		}
		if test := s.Healthcheck.Test; len(test) > 1 && test[1] == "/brownout" {
			understood(t, test[2:])
		}
	}
}

// The app is pointed where the mocks answer by their name, and the drill at the app.
func TestComposeNames(t *testing.T) {
	t.Chdir(composeDir)
	file := readYAML[composition](t, "compose.yaml")
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"env", "smoke", "--with", "app.drill.yaml", "--advertise", "llm", "--shell", "compose"}, &stdout, &stderr); code != exitOK {
		t.Fatalf("env: exit code %d: %s", code, stderr.String())
	}
	mocks := parseYAML[map[string]string](t, stdout.String())
	app := file.Services["app"].Environment
	for _, name := range []string{"OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"} {
		if app[name] != mocks[name] {
			t.Errorf("%s is %q, and the mocks are at %q", name, app[name], mocks[name])
		}
	}
	for name, s := range file.Services {
		if name == "app" {
			continue
		}
		net, _ := s.Networks.(map[string]any)["drill"].(map[string]any)
		if alias := net["aliases"]; !slices.Equal(alias.([]any), []any{"llm"}) {
			t.Errorf("%s answers to %v", name, alias)
		}
	}
	target := readYAML[struct{ Traffic struct{ Target string } }](t, "app.drill.yaml").Traffic.Target
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := file.Services[u.Hostname()]; !ok {
		t.Errorf("no service answers at %s", target)
	}
	command := file.Services["drill"].Command
	if i := slices.Index(command, "--allow-target"); i < 0 || command[i+1] != u.Hostname() {
		t.Errorf("%v is not allowed to send traffic to %s", command, u.Hostname())
	}
}

// understood wants a command line of brownout's whose command, flags and number of
// arguments there are.
func understood(t *testing.T, argv []string) {
	t.Helper()
	cmd, rest, err := newRoot(newTerminal(new(bytes.Buffer), new(bytes.Buffer))).Find(argv)
	if err == nil {
		err = errorOf(cmd, rest)
	}
	if err != nil {
		t.Errorf("brownout %s: %v", strings.Join(argv, " "), err)
	}
}

func errorOf(cmd *cobra.Command, args []string) error {
	if err := cmd.ParseFlags(args); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// containerfile reads the Containerfile's instructions and gives its stages. What is
// copied must be there, and the tool must be a static binary that nobody runs as root.
func containerfile(t *testing.T) []string {
	t.Helper()
	var stages []string
	last := map[string]string{} // instruction → arguments, of the stage
	for line := range strings.Lines(read(t, filepath.Join(composeDir, "Containerfile"))) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		words := strings.Fields(rest)
		switch {
		case word == "" || word == "#" || strings.HasPrefix(word, "#"):
			continue
		case word == "FROM":
			if len(words) != 3 || words[1] != "AS" {
				t.Fatalf("%q names no stage", line)
			}
			stages, last = append(stages, words[2]), map[string]string{}
		case word == "COPY" && strings.HasPrefix(words[0], "--from="):
			if !slices.Contains(stages, strings.TrimPrefix(words[0], "--from=")) {
				t.Errorf("%q: there are %v", line, stages)
			}
		case word == "COPY":
			for _, path := range words[:len(words)-1] {
				if _, err := os.Stat(filepath.Join("../..", path)); err != nil {
					t.Error(err)
				}
			}
		case word == "RUN" && strings.Contains(rest, "go build"):
			for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "-ldflags=-s", "./cmd/brownout"} {
				if !strings.Contains(rest, want) {
					t.Errorf("%q without %s", line, want)
				}
			}
		case !slices.Contains([]string{"RUN", "WORKDIR", "USER", "EXPOSE", "ENTRYPOINT"}, word):
			t.Errorf("no instruction: %q", line)
		}
		last[word] = rest
	}
	var entry []string
	err := json.Unmarshal([]byte(last["ENTRYPOINT"]), &entry)
	if err != nil || !slices.Equal(entry, []string{"/brownout"}) || !strings.HasPrefix(last["FROM"], "gcr.io/distroless/static-") || last["USER"] != "65532:65532" {
		t.Errorf("the last stage is no static brownout of nobody's: %v", last)
	}
	return stages
}
