package secrets_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-76a9de92/brownout/scenarios/drill/secrets"
)

func TestSecretsNeverStayInAText(t *testing.T) {
	s := secrets.NewSet()
	short, long := "sk-live-0123456789", "sk-live-0123456789abcdef"
	hash := s.Key(short)
	s.Key(long)
	text := "Authorization: Bearer " + long + " and " + short
	if !s.Shown(text) {
		t.Error("a text with a key is said to show none")
	}
	got := s.Clean(text)
	if strings.Contains(got, "0123456789") || !strings.Contains(got, hash) {
		t.Errorf("Clean left %q", got)
	}
	if s.Shown(got) {
		t.Error("a cleaned text is said to show a key")
	}
}

func TestShortKeysAreNotLookedFor(t *testing.T) {
	s := secrets.NewSet()
	if hash := s.Key("test"); hash == "" || hash == "test" {
		t.Errorf("Key = %q, want a hash", hash)
	}
	if s.Shown("this is a test") {
		t.Error(`the word "test" counts as a leaked key`)
	}
}

func TestKeysAreBounded(t *testing.T) {
	s := secrets.NewSet()
	const most = 1000
	for i := range 3 * most {
		s.Key(fmt.Sprintf("invented-key-%04d", i))
	}
	kept := 0
	for i := range 3 * most {
		if s.Shown(fmt.Sprintf("invented-key-%04d", i)) {
			kept++
		}
	}
	if kept != most {
		t.Errorf("%d keys remembered, want %d", kept, most)
	}
}

func TestCleanLogKeepsNoKeyAcrossWrites(t *testing.T) {
	s := secrets.NewSet()
	s.Key("sk-live-0123456789")
	var out bytes.Buffer
	w := secrets.NewWriter(&out, s)
	for _, part := range []string{"key=sk-live-", "0123456789 done\nnext", " line"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "key=" + secrets.Hash("sk-live-0123456789") + " done\nnext line"
	if out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

// TestWhatStandsWhereASecretDoesIsHidden though nobody has told of it.
func TestWhatStandsWhereASecretDoesIsHidden(t *testing.T) {
	s := secrets.NewSet()
	for text, hidden := range map[string]string{
		"Authorization: Bearer abcdef0123456789":       "abcdef0123456789",
		"map[Authorization:[Basic dXNlcjpwYXNzMQ==]]":  "dXNlcjpwYXNzMQ",
		`{"x-api-key": "live-0123456789"}`:             "live-0123456789",
		"GET /v1/models?api_key=live-0123456789&n=1":   "live-0123456789",
		"MY_SESSION_TOKEN=0123456789abcdef":            "0123456789abcdef",
		"dial postgres://app:short1@db.example/orders": "short1",
	} {
		if got := s.Clean(text); strings.Contains(got, hidden) || got == "" {
			t.Errorf("Clean(%q) = %q", text, got)
		}
	}
	for _, text := range []string{
		"use basic authentication for this", "the token: unfortunately expired", "max_tokens: 400000000000", "http://127.0.0.1:8000/a@b",
	} {
		if got := s.Clean(text); got != text {
			t.Errorf("Clean(%q) = %q, want it as it is", text, got)
		}
	}
}

func TestVariablesAreHiddenInEveryForm(t *testing.T) {
	s := secrets.NewSet()
	s.Environment([]string{"DB_PASSWORD=one & \"two\" <3>", "SHORT_KEY=abc", "HOME=/home/somebody", "PRIVATE_KEY=-----BEGIN-----\nMIIEvQIBADANBg\n"})
	for text, want := range map[string]string{
		`one & "two" <3>`:                    "${DB_PASSWORD}",
		`?p=one+%26+%22two%22+%3C3%3E`:       "?p=${DB_PASSWORD}",
		`"one & \"two\" <3>"`:                `"${DB_PASSWORD}"`,
		`"one \u0026 \"two\" \u003c3\u003e"`: `"${DB_PASSWORD}"`,
		"abc in /home/somebody":              "abc in /home/somebody",
		"MIIEvQIBADANBg":                     "${PRIVATE_KEY}",
	} {
		if got := s.Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
}

// A short password that the scenario logs in with is hidden where it stands by itself;
// words, and what only looks like a secret's name, are left alone.
func TestShortSecretsOfTheScenarioAreHidden(t *testing.T) {
	s := secrets.NewSet()
	for name, value := range map[string]string{
		"DRILL_PASSWORD": "hunter2", "USER_PASS": "päss-1", "LAST_PASSWORD": "!drill!", "OTHER_TOKEN": "secret", "THIRD_KEY": "Secret", "FOURTH_KEY": "TEST", "PIN_SECRET": "12345",
		"MAX_TOKENS": "128000", "AUTH_TYPE": "oauth2", "CHAT_RATE": "20/min",
	} {
		s.Given(name, value)
	}
	for text, want := range map[string]string{
		"login failed: hunter2":               "login failed: ${DRILL_PASSWORD}",
		"hunter2,hunter2 hunter2":             "${DRILL_PASSWORD},${DRILL_PASSWORD} ${DRILL_PASSWORD}",
		"/login?password=hunter2&n=1":         "/login?password=${DRILL_PASSWORD}&n=1",
		`{"password": "p\u00e4ss-1"}`:         `{"password": "p\u00e4ss-1"}`,
		"päss-1 and p%C3%A4ss-1":              "${USER_PASS} and ${USER_PASS}",
		"hunter23 and myhunter2 and ähunter2": "hunter23 and myhunter2 and ähunter2",
		"x!drill!x":                           "x${LAST_PASSWORD}x",
		"a secret TEST, a Secret":             "a secret TEST, a Secret",
		"12345 of 128000 by oauth2":           "12345 of 128000 by oauth2",
		"20/min":                              "20/min",
	} {
		if got := s.Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestALongLineIsCutBesideItsKeys has a key wherever a line that has no end is cut.
func TestALongLineIsCutBesideItsKeys(t *testing.T) {
	const key = "sk-live-0123456789"
	s := secrets.NewSet()
	s.Key(key)
	for _, over := range []int{0, 1, len(key) / 2, len(key) - 1, len(key)} { // of the key beyond the limit
		before := secrets.MaxLine - len(key) + over
		var out bytes.Buffer
		w := secrets.NewWriter(&out, s)
		for _, part := range []string{strings.Repeat("x", before) + key[:len(key)/2], key[len(key)/2:], strings.Repeat("y", secrets.MaxLine)} {
			if _, err := w.Write([]byte(part)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want := strings.Repeat("x", before) + secrets.Hash(key) + strings.Repeat("y", secrets.MaxLine); out.String() != want {
			t.Fatalf("a key after %d bytes is torn, or the line is", before)
		}
	}
}

// Tokens are found wherever they stand, however many there are, also one that ends
// as another does.
func TestTokensAreHidden(t *testing.T) {
	s := secrets.NewSet()
	const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJ1Ijox%dfQ.c2lnbmF0dXJl+%d/="
	for i := range 5000 {
		s.Learn(fmt.Sprintf(jwt, i, i))
	}
	s.Learn("abc")
	s.Learn("x-and-then-0123456789ab")
	s.Learn("0123456789ab")
	one := fmt.Sprintf(jwt, 4321, 4321)
	for text, want := range map[string]string{
		"given " + one + ".":         "given " + secrets.Hash(one) + ".",
		one + one:                    secrets.Hash(one) + secrets.Hash(one),
		"x-and-then-0123456789ab,":   secrets.Hash("x-and-then-0123456789ab") + ",",
		"y-and-then-0123456789ab":    "y-and-then-" + secrets.Hash("0123456789ab"),
		"abc of " + one[:len(one)-1]: "abc of " + one[:len(one)-1],
	} {
		if got := s.Clean(text); got != want {
			t.Errorf("Clean(%q) = %q, want %q", text, got, want)
		}
	}
	if got := s.Clean("?t=" + strings.NewReplacer("+", "%2B", "/", "%2F", "=", "%3D").Replace(one)); strings.Contains(got, "c2ln") {
		t.Errorf("in a URL: %q", got)
	}
}

// What is written while a login is under way waits for what it gives, and no longer.
func TestLogWaitsForLogins(t *testing.T) {
	s := secrets.NewSet()
	var out bytes.Buffer
	w := secrets.NewWriter(&out, s)
	write := func(text, want string) {
		t.Helper()
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Errorf("after %q there is %q, want %q", text, out.String(), want)
		}
	}
	hidden := secrets.Hash("first-secret")
	write("one\n", "one\n")
	first := s.Login()
	write("given: first-secret\n", "one\n")
	second := s.Login()
	write("two\n", "one\n")
	s.Learn("first-secret")
	first()
	write("three\n", "one\ngiven: "+hidden+"\n")
	second()
	write("four\n", "one\ngiven: "+hidden+"\ntwo\nthree\nfour\n")

	out.Reset()
	ended := s.Login()
	for range 3 * secrets.MaxHeld / 1000 {
		if _, err := w.Write([]byte(strings.Repeat("x", 999) + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	if w.Held() > secrets.MaxHeld || strings.Contains(out.String(), "x") || !strings.Contains(out.String(), "left out") {
		t.Errorf("%d bytes are held back, %d written", w.Held(), out.Len())
	}
	if err := w.Flush(); err != nil || out.Len() < secrets.MaxHeld/4 {
		t.Errorf("%v; %d bytes", err, out.Len())
	}
	ended()
}

// What is not suspected holds nothing that the expressions would find.
func FuzzSuspect(f *testing.F) {
	for _, seed := range []string{
		"Bearer abcdefghijkl", "bASIC abcdefghijkl", "my_key=abcdefghijkl", "password: 'abcdefghijkl", "https://me:secret@host", "ba\u017fic abcdefghijkl",
		"OpenAI/Python 1.99.0", "\u212aey=abcdefghijkl", "Authorization \u2028Bearer abcdefghijkl",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !secrets.Suspect(text) && secrets.Found(text) {
			t.Errorf("%q is not suspected", text)
		}
	})
}
