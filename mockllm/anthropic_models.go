package mockllm

import "net/http"

func anthropicSnapshots() []snapshot {
	return []snapshot{
		{"claude-3-5-haiku-latest", "claude-3-5-haiku-20241022"},
		{"claude-haiku-4-5", "claude-haiku-4-5-20251001"},
		{"claude-opus-4-1", "claude-opus-4-1-20250805"},
		{"claude-opus-4-5", "claude-opus-4-5-20251101"},
		{"claude-sonnet-4-0", "claude-sonnet-4-20250514"},
		{"claude-sonnet-4-5", "claude-sonnet-4-5-20250929"},
	}
}

// anthropicListed is a model in a list.
type anthropicListed struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
	CreatedAt   string `json:"created_at"`
	Lifecycle   string `json:"lifecycle"`
}

func anthropicList(id string) anthropicListed {
	// 2025-05-14, whatever the model: nothing is known to depend on it.
	return anthropicListed{Type: "model", ID: id, DisplayName: id, CreatedAt: "2025-05-14T00:00:00Z", Lifecycle: "active"}
}

// anthropicModels answers with the models of the spec, else with the known ones.
func anthropicModels(*call) (func(*exchange), *Reply) {
	return func(x *exchange) {
		var list struct {
			Data    []anthropicListed `json:"data"`
			HasMore bool              `json:"has_more"`
			FirstID string            `json:"first_id"`
			LastID  string            `json:"last_id"`
		}
		for _, id := range x.spec.listed(anthropicSnapshots()) {
			list.Data = append(list.Data, anthropicList(id))
		}
		list.FirstID, list.LastID = list.Data[0].ID, list.Data[len(list.Data)-1].ID
		anthropicDocument(x, list)
	}, nil
}

// anthropicModel answers with one model. Every name is one.
func anthropicModel(c *call) (func(*exchange), *Reply) {
	id := c.vars["id"]
	c.req.Model = id
	return func(x *exchange) { anthropicDocument(x, anthropicList(id)) }, nil
}

func anthropicDocument(x *exchange, v any) {
	h := anthropicHead(x.head(), x.mint, x.anthropicID(), x.elapsed()).with(
		"anthropic-organization-id", x.account.uuid,
		"Content-Type", "application/json",
	)
	x.reply(Reply{http.StatusOK, h, document(v, "")})
}
