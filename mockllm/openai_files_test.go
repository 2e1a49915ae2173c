package mockllm_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/mockllm/pace"
)

const files = "/v1/files"

// file is what tests look at of a file.
type file struct {
	ID, Purpose, Filename, Status string
	Bytes                         int
	Deleted                       bool
}

// listed is a part of a list.
type listed[T any] struct {
	Data    []T
	First   *string `json:"first_id"`
	Last    *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

// form is a request that uploads a file; without a name it has none.
func form(t *testing.T, purpose, name, content string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("------------------------drill"); err != nil {
		t.Fatal(err)
	}
	_ = w.WriteField("purpose", purpose)
	if name != "" {
		part, _ := w.CreateFormFile("file", name)
		_, _ = part.Write([]byte(content))
	}
	_ = w.Close()
	r := request(t.Context(), "POST", files, b.String())
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

// upload uploads a file and gives its id.
func upload(t *testing.T, s *mockllm.Server, purpose, name, content string) string {
	t.Helper()
	c := do(s, form(t, purpose, name, content))
	if c.status != 200 {
		t.Fatalf("got %d %s", c.status, c.body())
	}
	return parse[file](t, c).ID
}

// parse reads an answer.
func parse[T any](t *testing.T, c *capture) (v T) {
	t.Helper()
	unmarshal(t, []byte(c.body()), &v)
	return v
}

func TestFilesWire(t *testing.T) {
	var b strings.Builder
	synctest.Test(t, func(t *testing.T) {
		atRecording()
		s := server(t, "openai", short(), nil)
		made := do(s, form(t, "batch", "in.jsonl", "{}\n"))
		path := files + "/" + parse[file](t, made).ID
		fmt.Fprintf(&b, "=== upload\n%s\n", made.dump())
		for _, c := range []struct{ method, path string }{
			{"GET", path}, {"GET", path + "/content"}, {"GET", files}, {"DELETE", path}, {"GET", path}, {"GET", files},
		} {
			fmt.Fprintf(&b, "=== %s %s\n%s\n", c.method, c.path, do(s, request(t.Context(), c.method, c.path, "")).dump())
		}
	})
	golden(t, "openai_files", b.String())
}

// TestFiles: what is uploaded is there, byte by byte, until it is deleted.
func TestFiles(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	content := "{\"b\":1,\"a\":2}\r\n\x00\xff--"
	id := upload(t, s, "fine-tune", "träin \"1\".jsonl", content)
	get := func(path string) *capture { return do(s, request(t.Context(), "GET", files+"/"+path, "")) }
	want := file{ID: id, Purpose: "fine-tune", Filename: "träin \"1\".jsonl", Status: "processed", Bytes: len(content)}
	if diff := cmp.Diff(want, parse[file](t, get(id))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := get(id + "/content"); got.body() != content || got.header["Content-Type"][0] != "application/octet-stream" {
		t.Errorf("its content: %q of type %q", got.body(), got.header["Content-Type"])
	}
	hidden := upload(t, s, "user_data", "cat.png", "x")
	if got := get(hidden + "/content"); got.status != 400 || !strings.Contains(got.body(), "Not allowed to download files of purpose: user_data") {
		t.Errorf("a file that cannot be downloaded: %d %s", got.status, got.body())
	}
	gone := do(s, request(t.Context(), "DELETE", files+"/"+id, ""))
	if got := parse[file](t, gone); !got.Deleted || get(id).status != 404 || get(id+"/content").status != 404 {
		t.Errorf("deleted: %+v, then %d", got, get(id).status)
	}
}

// TestFileLists: newest first, in pages, by purpose.
func TestFileLists(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	var ids []string // newest first
	for i := range 5 {
		purpose := []string{"batch", "evals"}[i%2]
		ids = append([]string{upload(t, s, purpose, "f", "x")}, ids...)
	}
	for _, c := range []struct {
		query string
		want  []string
		more  bool
	}{
		{"", ids, false},
		{"?limit=2", ids[:2], true},
		{"?limit=2&after=" + ids[1], ids[2:4], true},
		{"?after=" + ids[3], ids[4:], false},
		{"?order=asc&limit=1", ids[4:], true},
		{"?purpose=evals", []string{ids[1], ids[3]}, false},
		{"?purpose=vision", nil, false},
	} {
		got := parse[listed[file]](t, do(s, request(t.Context(), "GET", files+c.query, "")))
		var have []string
		for _, f := range got.Data {
			have = append(have, f.ID)
		}
		if !slices.Equal(have, c.want) || got.HasMore != c.more {
			t.Errorf("%s: got %v, more %v; want %v, %v", c.query, have, got.HasMore, c.want, c.more)
		}
		if len(have) > 0 && (*got.First != have[0] || *got.Last != have[len(have)-1]) {
			t.Errorf("%s: from %s to %s", c.query, *got.First, *got.Last)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=x"} {
		if got := do(s, request(t.Context(), "GET", files+query, "")); got.status != 400 {
			t.Errorf("%s: got %d", query, got.status)
		}
	}
}

func TestUploadRefusals(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	cut := request(t.Context(), "POST", files, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n{}")
	cut.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	plain := request(t.Context(), "POST", files, `{"purpose":"batch"}`)
	plain.Header.Set("Content-Type", "application/json")
	for want, r := range map[string]*http.Request{
		"'file' is a required property":      form(t, "batch", "", ""),
		"'purpose' is a required property":   form(t, "", "f", "x"),
		"'fun' is not one of ['assistants',": form(t, "fun", "f", "x"),
		"Could not parse multipart form":     cut,
		"Could not parse multipart form\",":  plain,
	} {
		if got := do(s, r); got.status != 400 || !strings.Contains(got.body(), want) {
			t.Errorf("got %d %s; want %s", got.status, got.body(), want)
		}
	}
}

// TestFilesAreBounded: of many files the newest are kept.
func TestFilesAreBounded(t *testing.T) {
	s := server(t, "openai", pace.Instant(), nil)
	content := strings.Repeat("x", 20<<20)
	var ids []string
	for range 8 {
		ids = append(ids, upload(t, s, "batch", "f", content))
	}
	status := func(id string) int { return do(s, request(t.Context(), "GET", files+"/"+id, "")).status }
	if first, last := status(ids[0]), status(ids[7]); first != 404 || last != 200 {
		t.Errorf("the first: %d, the last: %d; want 404 and 200", first, last)
	}
}
