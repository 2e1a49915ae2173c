package egress_test

import (
	"testing"

	"github.com/seed-76a9de92/brownout/mockllm"
	"github.com/seed-76a9de92/brownout/scenarios/drill/egress"
)

func TestWhoIsAProvider(t *testing.T) {
	for host, dialect := range map[string]string{
		"api.openai.com":                          "openai",
		"api.openai.com:443":                      "openai",
		"API.OPENAI.COM.":                         "openai",
		"eu.api.openai.com":                       "openai",
		"my-resource.openai.azure.com":            "azure-openai",
		"api.anthropic.com":                       "anthropic",
		"generativelanguage.googleapis.com":       "gemini",
		"us-central1-aiplatform.googleapis.com":   "gemini",
		"aiplatform.us.rep.googleapis.com":        "gemini",
		"bedrock-runtime.eu-west-1.amazonaws.com": "",
		"openrouter.ai":                           "openai",
	} {
		if p, ok := egress.Find(host); !ok || p.Dialect != dialect {
			t.Errorf("%s: %+v, %v; want dialect %q", host, p, ok, dialect)
		}
	}
	for _, host := range []string{
		"", "localhost", "127.0.0.1:4100", "[::1]:4100", "openai.com", "notapi.openai.com.evil.example", "xapi.openai.com",
		"s3.amazonaws.com", "storage.googleapis.com", "a.b.openai.azure.com", "openai.azure.com", "bedrock-runtime..amazonaws.com",
	} {
		if p, ok := egress.Find(host); ok {
			t.Errorf("%s is taken for %+v", host, p)
		}
	}
}

func TestDialectsOfProvidersAreThere(t *testing.T) {
	known := map[string]bool{"": true}
	for _, d := range mockllm.Dialects() {
		known[d.Name] = true
	}
	for _, p := range egress.Providers() {
		if !known[p.Dialect] {
			t.Errorf("%s speaks %q, which is no dialect", p.Host, p.Dialect)
		}
	}
}
