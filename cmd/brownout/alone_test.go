package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The mock works alone in anybody's go test: a module of its own that imports
// nothing but mockllm, with what is under it, and the standard library.
func TestMockAloneInAnotherModule(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.test/theirs\n\ngo 1.26\n\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n",
		"theirs_test.go": `package theirs

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"` + module + `/mockllm"
	"` + module + `/mockllm/pace"
)

func TestAnswer(t *testing.T) {
	spec := mockllm.Spec{Dialect: "openai", Others: pace.Instant()}
	mock, err := mockllm.New("primary", spec, mockllm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(mock)
	defer server.Close()
	req, _ := http.NewRequest("POST", server.URL+"/v1/chat/completions",
		strings.NewReader(` + "`" + `{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}` + "`" + `))
	req.Header.Set("Authorization", "Bearer any")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 || !strings.Contains(string(body), "chat.completion") {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
}
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// Without a proxy: the mock needs no other module.
	cmd := exec.CommandContext(t.Context(), "go", "test", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}
