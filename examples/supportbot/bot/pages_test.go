package bot_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-76a9de92/brownout/examples/supportbot/bot"
)

const help = `{"question":"how do I pay?"}`

// The model is shown the page that is nearest to the question.
func TestHelpHasItsPage(t *testing.T) {
	for _, style := range bot.Styles() {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, style)
			if got := r.post("/help", help); got.body != "{\"answer\":\"one two\"}\n" {
				t.Errorf("%s: got %d %s", style, got.status, got.body)
			}
			if body := r.openai.bodies[0]; !strings.Contains(body, "We take cards") || strings.Contains(body, "Parcels leave") {
				t.Errorf("%s: the model was asked %s", style, body)
			}
		})
	}
}

// Without embeddings the resilient style answers from what the model knows, and says
// so; the naive one has no answer.
func TestHelpWithoutEmbeddings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "resilient")
		for name, embed := range map[string]http.HandlerFunc{"errors": fails(503, ""), "silence": hangs, "nothing": fails(200, `{"data":[]}`)} {
			r.openai.embeds(embed)
			if got := r.post("/help", help); got.status != 200 || got.body != "{\"answer\":\"one two\",\"degraded\":true}\n" || got.took > time.Second {
				t.Errorf("%s: got %d %s after %v", name, got.status, got.body, got.took)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, "naive")
		r.openai.embeds(fails(503, "no GPU is left"))
		if got := r.post("/help", help); got.status != 502 || !strings.Contains(got.body, "no GPU is left") || r.openai.count() != 0 {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
}
