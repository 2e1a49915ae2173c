package bot_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// A picture goes to each vendor in its own words.
func TestPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		r.openai.do(fails(400, ""))
		r.post("/chat", `{"message":"what is it?","image":"data:image/png;base64,QUJD"}`)
		want := []string{
			`{"max_completion_tokens":1024,"messages":[{"role":"system","content":"You answer the customers of an online shop. Be brief and friendly."},{"role":"user","content":[{"text":"what is it?","type":"text"},{"image_url":{"url":"data:image/png;base64,QUJD"},"type":"image_url"}]}],"model":"gpt-4o","stream":true}`,
			`{"max_tokens":1024,"messages":[{"role":"user","content":[{"source":{"data":"QUJD","media_type":"image/png","type":"base64"},"type":"image"},{"text":"what is it?","type":"text"}]}],"model":"claude-sonnet-4-5","stream":true,"system":"You answer the customers of an online shop. Be brief and friendly."}`,
		}
		if diff := cmp.Diff(want, append(r.openai.bodies, r.anthropic.bodies...)); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		for _, bad := range []string{`""`, `7`, `"QUJD"`, `"data:image/png;base64,"`, `"data:image/png;base64,?"`, `"data:text/html;base64,QUJD"`} {
			if got := r.post("/chat", `{"message":"what is it?","image":`+bad+`}`); got.status != 400 {
				t.Errorf("image %s: status %d, want 400: %s", bad, got.status, got.body)
			}
		}
	})
}
