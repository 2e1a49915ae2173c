package control

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"

	"github.com/seed-76a9de92/brownout/scenarios/drill"
	"github.com/seed-76a9de92/brownout/scenarios/drill/control/webhook"
)

// HookToken is what alerting tools have in the URLs that they call. It follows from
// the server's own, which it tells nothing of: an address that stands in another
// tool's configuration leads no drill.
func (s *Server) HookToken() string {
	mac := hmac.New(sha256.New, []byte(s.opts.Token))
	_, _ = mac.Write([]byte("webhooks")) // cannot fail
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// HookURL is where an alerting tool's receiver is called, see [webhook.Receivers].
func (s *Server) HookURL(receiver string) string {
	return webhook.URL(s.URL(), s.HookToken(), receiver)
}

// hook writes an alarm's mark down.
func (s *Server) hook(m webhook.Mark) error {
	live := s.live.Load()
	if live == nil {
		return webhook.ErrNotYet
	}
	_, err := live.Control().Mark(drill.By{Actor: m.Actor}, drill.Mark{Kind: m.Kind, Note: m.Note, At: -1})
	return err
}

// hookPaths are the receivers as the OpenAPI document has them.
func hookPaths() map[string]any {
	paths := map[string]any{}
	text := map[string]any{"type": "string"}
	for _, r := range webhook.Receivers() {
		paths[webhook.Path+"{token}/"+r.Name] = map[string]any{"post": map[string]any{
			"operationId": "hook_" + r.Name,
			"description": "An alarm reports to the drill. " + r.Doc,
			"security":    []any{},
			"parameters": []any{map[string]any{
				"name": "token", "in": "path", "required": true, "schema": text,
				"description": "the token for webhooks, for most of those who call can send no header; it opens nothing else",
			}},
			"requestBody": map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": map[string]any{}}}},
			"responses": map[string]any{
				"2XX":     map[string]any{"description": "what was made of it: the kinds of marks that were written down"},
				"default": map[string]any{"description": "why nothing was"},
			},
		}}
	}
	return paths
}
