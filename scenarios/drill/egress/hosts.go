package egress

import (
	"net"
	"regexp"
	"strings"
)

// A Provider is a row of the table of [Providers]: hosts at which somebody sells
// answers of models.
type Provider struct {
	// Host is a name, in which a * stands for one part of it, or for the beginning of
	// one: *-aiplatform.googleapis.com.
	Host string
	// Dialect is what the host speaks, as package mockllm names it; "" where there is
	// no mock of it.
	Dialect string
	// Base is the path in front of the dialect's own: OpenRouter has
	// /api/v1/chat/completions where OpenAI has /v1/chat/completions.
	Base string
}

// Providers is the table of hosts that an app which is drilled is kept from. It
// names hosts of models alone, and not the whole of a cloud: the app's database may
// be in the same one.
func Providers() []Provider {
	const openai, azure, anthropic, gemini, none = "openai", "azure-openai", "anthropic", "gemini", ""
	return []Provider{
		{Host: "api.openai.com", Dialect: openai},
		{Host: "*.api.openai.com", Dialect: openai}, // regions: eu, us
		{Host: "*.openai.azure.com", Dialect: azure},
		{Host: "*.openai.azure.us", Dialect: azure},
		{Host: "*.openai.azure.cn", Dialect: azure},
		{Host: "*.cognitiveservices.azure.com", Dialect: azure}, // and speech, vision: which of them is not to be seen
		{Host: "*.services.ai.azure.com", Dialect: azure},
		{Host: "*.models.ai.azure.com", Dialect: none},
		{Host: "api.anthropic.com", Dialect: anthropic},
		{Host: "generativelanguage.googleapis.com", Dialect: gemini},
		{Host: "aiplatform.googleapis.com", Dialect: gemini},
		{Host: "*-aiplatform.googleapis.com", Dialect: gemini},
		{Host: "aiplatform.*.rep.googleapis.com", Dialect: gemini},

		{Host: "bedrock-runtime.*.amazonaws.com", Dialect: none},
		{Host: "bedrock-runtime-fips.*.amazonaws.com", Dialect: none},
		{Host: "bedrock-runtime.*.amazonaws.com.cn", Dialect: none},
		{Host: "bedrock-agent-runtime.*.amazonaws.com", Dialect: none},
		{Host: "bedrock-mantle.*.api.aws", Dialect: none},

		{Host: "api.mistral.ai", Dialect: openai},
		{Host: "codestral.mistral.ai", Dialect: openai},
		{Host: "openrouter.ai", Dialect: openai, Base: "/api"},
		{Host: "api.groq.com", Dialect: openai, Base: "/openai"},
		{Host: "api.together.xyz", Dialect: openai},
		{Host: "api.together.ai", Dialect: openai},
		{Host: "api.fireworks.ai", Dialect: openai, Base: "/inference"},
		{Host: "api.deepseek.com", Dialect: openai},
		{Host: "api.x.ai", Dialect: openai},
		{Host: "api.perplexity.ai", Dialect: openai},
		{Host: "api.cerebras.ai", Dialect: openai},
		{Host: "api.sambanova.ai", Dialect: openai},
		{Host: "api.deepinfra.com", Dialect: openai, Base: "/v1/openai"},
		{Host: "api.hyperbolic.xyz", Dialect: openai},
		{Host: "api.studio.nebius.com", Dialect: openai},
		{Host: "api.moonshot.ai", Dialect: openai},
		{Host: "api.moonshot.cn", Dialect: openai},
		{Host: "integrate.api.nvidia.com", Dialect: openai},
		{Host: "router.huggingface.co", Dialect: openai},
		{Host: "models.github.ai", Dialect: openai, Base: "/inference"},
		{Host: "ai-gateway.vercel.sh", Dialect: openai},
		{Host: "dashscope.aliyuncs.com", Dialect: openai, Base: "/compatible-mode"},
		{Host: "dashscope-intl.aliyuncs.com", Dialect: openai, Base: "/compatible-mode"},
		{Host: "ark.*.volces.com", Dialect: none},
		{Host: "open.bigmodel.cn", Dialect: none},
		{Host: "gateway.ai.cloudflare.com", Dialect: none},
		{Host: "models.inference.ai.azure.com", Dialect: none},
		{Host: "api-inference.huggingface.co", Dialect: none},
		{Host: "api.cohere.com", Dialect: none},
		{Host: "api.cohere.ai", Dialect: none},
		{Host: "api.ai21.com", Dialect: none},
		{Host: "api.replicate.com", Dialect: none},
		{Host: "api.voyageai.com", Dialect: none},
		{Host: "api.jina.ai", Dialect: none},
	}
}

// Find is the row of a host, which may have a port; false when it is nobody's.
func Find(host string) (Provider, bool) {
	host = bare(host)
	for _, p := range Providers() {
		if fits(p.Host, host) {
			return p, true
		}
	}
	return Provider{}, false
}

// bare is a host as it is compared: without port and final dot, in lower case.
func bare(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// pattern is the table as one regular expression, in what Go, JavaScript and
// Python have in common.
func pattern() string {
	var all []string
	for _, p := range Providers() {
		all = append(all, strings.ReplaceAll(regexp.QuoteMeta(p.Host), `\*`, `[^.]+`))
	}
	return "^(?:" + strings.Join(all, "|") + ")$"
}

// fits says whether a host is one that a pattern means.
func fits(pattern, host string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return host == pattern
	}
	middle, ok := strings.CutPrefix(host, before)
	if !ok {
		return false
	}
	middle, ok = strings.CutSuffix(middle, after)
	return ok && middle != "" && !strings.Contains(middle, ".")
}
