package main

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// The commands in the examples of schedules are ones that brownout understands,
// and each stands where its scheduler looks for it.
func TestSchedules(t *testing.T) {
	for name, commands := range map[string][][]string{
		"crontab":          crontabCommands(t, example(t, "crontab")),
		"brownout.service": serviceCommands(t, example(t, "brownout.service")),
		"cronjob.yaml":     cronJobCommands(t, example(t, "cronjob.yaml")),
	} {
		if len(commands) == 0 {
			t.Errorf("%s starts no drill", name)
		}
		for _, argv := range commands {
			if len(argv) < 2 || filepath.Base(argv[0]) != "brownout" || argv[1] != "run" {
				t.Errorf("%s starts %q, and not brownout run", name, argv)
				continue
			}
			cmd := newRun(newTerminal(new(bytes.Buffer), new(bytes.Buffer)))
			if err := cmd.ParseFlags(argv[2:]); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	timer := sections(t, example(t, "brownout.timer"))
	if timer["Timer"]["OnCalendar"] == "" || timer["Install"]["WantedBy"] != "timers.target" {
		t.Errorf("brownout.timer has no time, or is not wanted: %v", timer)
	}
}

func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../examples/schedule", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// crontabCommands are the simple commands of a crontab's lines that call
// brownout; the five fields before are checked.
func crontabCommands(t *testing.T, text string) [][]string {
	t.Helper()
	field := regexp.MustCompile(`^(\*|[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*)(/[0-9]+)?$`)
	var found [][]string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || regexp.MustCompile(`^[A-Z_]+=`).MatchString(line) {
			continue
		}
		words := strings.Fields(line)
		if len(words) < 6 {
			t.Fatalf("crontab: %q has no five fields and a command", line)
		}
		for _, w := range words[:5] {
			if !field.MatchString(w) {
				t.Errorf("crontab: %q is no field of time", w)
			}
		}
		command := strings.Join(words[5:], " ")
		if strings.Contains(strings.ReplaceAll(command, `\%`, ""), "%") {
			t.Errorf("crontab: a bare %% ends the command: %q", command)
		}
		for _, part := range regexp.MustCompile(`[;{}]|&&|\|\|`).Split(command, -1) {
			if words := strings.Fields(part); slices.Contains(words, "brownout") {
				found = append(found, words)
			}
		}
	}
	return found
}

// sections reads what systemd reads: [Section], KEY=VALUE, # comments.
func sections(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	var section map[string]string
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		line := strings.TrimSpace(lines.Text())
		switch key, value, isPair := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = map[string]string{}
			all[strings.Trim(line, "[]")] = section
		case isPair && section != nil:
			section[key] = value
		default:
			t.Fatalf("systemd would not read %q", line)
		}
	}
	return all
}

func serviceCommands(t *testing.T, text string) [][]string {
	t.Helper()
	service := sections(t, text)["Service"]
	if service["Type"] != "oneshot" {
		t.Errorf("a drill comes to its end, and the service is of type %q", service["Type"])
	}
	return [][]string{strings.Fields(service["ExecStart"])}
}

func cronJobCommands(t *testing.T, text string) [][]string {
	t.Helper()
	var job struct {
		Kind string
		Spec struct {
			Schedule    string
			JobTemplate struct {
				Spec struct {
					BackoffLimit *int `yaml:"backoffLimit"`
					Template     struct {
						Spec struct {
							RestartPolicy string `yaml:"restartPolicy"`
							Containers    []struct{ Command, Args []string }
						}
					}
				}
			} `yaml:"jobTemplate"`
		}
	}
	if err := yaml.Unmarshal([]byte(text), &job); err != nil {
		t.Fatal(err)
	}
	of := job.Spec.JobTemplate.Spec
	if job.Kind != "CronJob" || len(strings.Fields(job.Spec.Schedule)) != 5 {
		t.Errorf("a %s with the schedule %q", job.Kind, job.Spec.Schedule)
	}
	if of.BackoffLimit == nil || *of.BackoffLimit != 0 || of.Template.Spec.RestartPolicy != "Never" {
		t.Error("a drill that missed a bar would be played again")
	}
	var found [][]string
	for _, c := range of.Template.Spec.Containers {
		found = append(found, append(c.Command, c.Args...))
	}
	return found
}
