package doctor

import "strings"

// An sdk is one that says who it is.
type sdk struct {
	agents []string // beginnings of its User-Agent
	name   string
	base   string // by which variable it is led here, and the form that it wants
	usual  string // timeout and retries, when nobody says others
}

// known is the table. The more special stand first.
func known() []sdk {
	const (
		openai = "OPENAI_BASE_URL, with /v1"
		claude = "ANTHROPIC_BASE_URL, without /v1"
		azure  = "AZURE_OPENAI_ENDPOINT, without a path"
		google = "GOOGLE_GEMINI_BASE_URL, without a version"
		own    = "600 s, 2 retries"
	)
	return []sdk{
		{[]string{"OpenAI/Python", "AsyncOpenAI/Python"}, "openai for Python", openai, own},
		{[]string{"AzureOpenAI/", "AsyncAzureOpenAI/"}, "openai for Azure", azure, own},
		{[]string{"OpenAI/JS"}, "openai for Node", openai, own},
		{[]string{"OpenAI/Go"}, "openai-go", openai, "no timeout, 2 retries"},
		{[]string{"OpenAI/"}, "an OpenAI SDK", openai, own},
		{[]string{"Anthropic/Python", "AsyncAnthropic/Python"}, "anthropic for Python", claude, own},
		{[]string{"Anthropic/JS"}, "@anthropic-ai/sdk", claude, own},
		{[]string{"Anthropic/"}, "an Anthropic SDK", claude, own},
		{[]string{"google-genai-sdk/"}, "google-genai", google, "no timeout, no retries"},
		{[]string{"ai/", "ai-sdk/"}, "Vercel AI SDK", "OPENAI_BASE_URL with /v1, ANTHROPIC_BASE_URL (older ones: with /v1)", "no timeout, 2 retries"},
		{[]string{"langchainjs"}, "LangChain.js", openai, "no timeout, 6 retries"},
		{[]string{"litellm/"}, "LiteLLM", "OPENAI_API_BASE with /v1, ANTHROPIC_API_BASE without", "6000 s, 2 retries"},
	}
}

// sdkOf is the SDK of a user agent, nil for one that is not known.
func sdkOf(agent string) *sdk {
	for _, s := range known() {
		for _, beginning := range s.agents {
			if strings.HasPrefix(agent, beginning) {
				return &s
			}
		}
	}
	return nil
}
