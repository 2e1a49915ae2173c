package mockllm

import (
	"maps"
	"slices"

	"github.com/seed-76a9de92/brownout/mockllm/draw"
)

// A snapshot is a dated model that an undated name stands for.
type snapshot struct{ name, dated string }

func openaiSnapshots() []snapshot {
	return []snapshot{
		{"babbage-002", "babbage:2023-07-21-v2"},
		{"dall-e-2", "dall-e-2"},
		{"dall-e-3", "dall-e-3"},
		{"davinci-002", "davinci:2023-07-21-v2"},
		{"gpt-3.5-turbo", "gpt-3.5-turbo-0125"},
		{"gpt-3.5-turbo-instruct", "gpt-3.5-turbo-instruct:20230824-v2"},
		{"gpt-4", "gpt-4-0613"},
		{"gpt-4.1", "gpt-4.1-2025-04-14"},
		{"gpt-4.1-mini", "gpt-4.1-mini-2025-04-14"},
		{"gpt-4.1-nano", "gpt-4.1-nano-2025-04-14"},
		{"gpt-4o", "gpt-4o-2024-08-06"},
		{"gpt-4o-mini", "gpt-4o-mini-2024-07-18"},
		{"gpt-5", "gpt-5-2025-08-07"},
		{"gpt-5-mini", "gpt-5-mini-2025-08-07"},
		{"gpt-5.5", "gpt-5.5-2026-04-23"},
		{"gpt-image-1", "gpt-image-1"},
		{"omni-moderation-latest", "omni-moderation-latest"},
		{"text-embedding-3-large", "text-embedding-3-large"},
		{"text-embedding-3-small", "text-embedding-3-small"},
		{"text-embedding-ada-002", "text-embedding-ada-002-v2"},
	}
}

// dated is the model that a reply names: models without a snapshot name themselves.
func dated(model string, known []snapshot) string {
	for _, s := range known {
		if s.name == model {
			return s.dated
		}
	}
	return model
}

// openaiFingerprint is the configuration that a reply names: always the same for a
// model.
func openaiFingerprint(model string) string {
	m := mint{rng: draw.Rand(0, "fingerprint", model)}
	return "fp_" + m.hex(10)
}

// openaiListed is a model in a list.
type openaiListed struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Created int64  `json:"created"`
	OwnedBy string `json:"owned_by"`
}

func openaiList(id string) openaiListed {
	// 2024-08-06, whatever the model: nothing is known to depend on it.
	return openaiListed{ID: id, Object: "model", Created: 1722902400, OwnedBy: "system"}
}

// openaiModels answers with the models of the spec, else with those of the dialect
// that has the route.
func openaiModels(*call) (func(*exchange), *Reply) {
	return func(x *exchange) {
		list := struct {
			Object string         `json:"object"`
			Data   []openaiListed `json:"data"`
		}{Object: "list"}
		for _, id := range x.spec.listed(x.dialect.models()) {
			list.Data = append(list.Data, openaiList(id))
		}
		openaiDocument(x, list)
	}, nil
}

// openaiModel answers with one model. Every name is one.
func openaiModel(c *call) (func(*exchange), *Reply) {
	id := c.vars["id"]
	c.req.Model = id
	return func(x *exchange) { openaiDocument(x, openaiList(id)) }, nil
}

func openaiDocument(x *exchange, v any) {
	openaiEngine(x.head(), x.mint, x.account, x.elapsed()).with("Content-Type", "application/json")
	x.document(v, "  ", "\n")
}

// listed are the names in a list of models: those of the spec, or else the known
// ones.
func (s Spec) listed(known []snapshot) []string {
	if len(s.Models) > 0 {
		return slices.Sorted(maps.Keys(s.Models))
	}
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = k.name
	}
	return names
}
