package drill

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestSecretsNeverStayInAText(t *testing.T) {
	s := newSecrets()
	short, long := "sk-live-0123456789", "sk-live-0123456789abcdef"
	hash := s.add(short)
	s.add(long)
	text := "Authorization: Bearer " + long + " and " + short
	if !s.shownIn(text) {
		t.Error("a text with a key is said to show none")
	}
	got := s.clean(text)
	if strings.Contains(got, "0123456789") || !strings.Contains(got, hash) {
		t.Errorf("clean left %q", got)
	}
	if s.shownIn(got) {
		t.Error("a cleaned text is said to show a key")
	}
}

func TestShortKeysAreNotLookedFor(t *testing.T) {
	s := newSecrets()
	if hash := s.add("test"); hash == "" || hash == "test" {
		t.Errorf("add = %q, want a hash", hash)
	}
	if s.shownIn("this is a test") {
		t.Error(`the word "test" counts as a leaked key`)
	}
}

func TestKeysAreBounded(t *testing.T) {
	s := newSecrets()
	for i := range 3 * maxKeys {
		s.add(fmt.Sprintf("invented-key-%d", i))
	}
	if len(s.keys) > maxKeys {
		t.Errorf("%d keys remembered", len(s.keys))
	}
}

func TestCleanLogKeepsNoKeyAcrossWrites(t *testing.T) {
	s := newSecrets()
	s.add("sk-live-0123456789")
	var out bytes.Buffer
	w := &cleanWriter{to: &out, secrets: s}
	for _, part := range []string{"key=sk-live-", "0123456789 done\nnext", " line"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "key=" + hashKey("sk-live-0123456789") + " done\nnext line"
	if out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}
