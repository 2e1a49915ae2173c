package mockllm

import "strings"

// geminiSnapshots are the models that are listed. A name stands for itself: replies
// name the model that was asked for.
func geminiSnapshots() []snapshot {
	var all []snapshot
	for _, name := range []string{
		"gemini-2.0-flash", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro",
		"gemini-3-flash-preview", "gemini-3-pro-preview", "gemini-embedding-001", "text-embedding-004",
	} {
		all = append(all, snapshot{name, name})
	}
	return all
}

// geminiListed is a model in a list, keys in the order documented.
type geminiListed struct {
	Name        string   `json:"name"`
	Version     string   `json:"version"`
	DisplayName string   `json:"displayName"`
	InputLimit  int      `json:"inputTokenLimit"`
	OutputLimit int      `json:"outputTokenLimit"`
	Methods     []string `json:"supportedGenerationMethods"`
}

func geminiList(name string) geminiListed {
	m := geminiListed{
		Name: "models/" + name, Version: "001", DisplayName: name, InputLimit: 1_048_576, OutputLimit: 65_536,
		Methods: []string{"generateContent", "countTokens"},
	}
	if strings.Contains(name, "embedding") {
		m.InputLimit, m.OutputLimit, m.Methods = 2048, 1, []string{"embedContent", "countTokens"}
	}
	return m
}

// geminiModels answers with the models of the spec, else with the known ones.
func geminiModels(*call) (func(*exchange), *Reply) {
	return func(x *exchange) {
		var list struct {
			Models []geminiListed `json:"models"`
		}
		for _, name := range x.spec.listed(geminiSnapshots()) {
			list.Models = append(list.Models, geminiList(name))
		}
		geminiDocument(x, list)
	}, nil
}

// geminiModel answers with one model. Every name is one; what has a colon is a
// method, and not found by GET.
func geminiModel(c *call) (func(*exchange), *Reply) {
	name := c.vars["model"]
	if strings.Contains(name, ":") {
		reply := geminiRefuse(c.asked(), wrongMethod)
		return nil, &reply
	}
	c.req.Model = name
	return func(x *exchange) { geminiDocument(x, geminiList(name)) }, nil
}
