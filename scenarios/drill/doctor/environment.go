package doctor

import (
	"slices"
	"strings"
)

// environment says what stands in the environment that leads an app astray. What has
// reached the mocks for every journey is led astray by no proxy.
func environment(environ []string, reached bool) []Finding {
	env := map[string]string{}
	for _, v := range environ {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	all := slices.Concat(proxies(env, reached), realKeys(env), misleading(env))
	if len(all) == 0 {
		return []Finding{{Check: "env", State: OK, Says: "nothing in this environment leads an app astray"}}
	}
	return all
}

// proxies says whether calls to this machine would go through one. Go's client leaves
// loopback out by itself, those of Python and curl do not; an app that brownout starts
// is told to.
func proxies(env map[string]string, reached bool) []Finding {
	if reached {
		return nil
	}
	var set []string
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"} {
		if env[name] != "" {
			set = append(set, name)
		}
	}
	if len(set) == 0 {
		return nil
	}
	for _, name := range []string{"NO_PROXY", "no_proxy"} {
		for host := range strings.SplitSeq(env[name], ",") {
			if host = strings.TrimSpace(host); host == "*" || host == "127.0.0.1" || host == "localhost" {
				return nil
			}
		}
	}
	return []Finding{{
		Check: "proxy", State: Warn,
		Says: strings.Join(set, ", ") + " is set, and NO_PROXY does not leave this machine out: an app's calls to the mocks go through the proxy",
		Do:   "NO_PROXY=127.0.0.1,localhost",
	}}
}

// realKeys says which variables hold what looks like a provider's key.
func realKeys(env map[string]string) []Finding {
	var names []string
	for name, value := range env {
		for _, beginning := range []string{"sk-", "AIza"} {
			if strings.HasPrefix(value, beginning) && len(value) >= 30 && !strings.HasPrefix(value, "sk-brownout-") {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return []Finding{{
		Check: "keys", State: Warn,
		Says: "there are keys that look real in " + strings.Join(names, ", ") + ": an app that finds no mock spends them",
		Do:   "start drills from an environment without them; a key that reaches a mock is hashed",
	}}
}

// leads is a variable that leads an SDK past the base URL.
type leads struct{ name, where string }

func misleaders() []leads {
	return []leads{
		{"GOOGLE_GENAI_USE_VERTEXAI", "google-genai to Vertex AI, by GOOGLE_VERTEX_BASE_URL"},
		{"CLAUDE_CODE_USE_BEDROCK", "Claude Code to Bedrock"},
		{"CLAUDE_CODE_USE_VERTEX", "Claude Code to Vertex AI"},
		{"LANGSMITH_GATEWAY", "LangChain through LangSmith's gateway, where no base URL is set"},
		{"OPENAI_PROXY", "LangChain's OpenAI through a proxy"},
		{"ANTHROPIC_PROXY", "LangChain's Anthropic through a proxy"},
		{"ANTHROPIC_AUTH_TOKEN", "Anthropic's SDKs to say this token, beside the key"},
	}
}

func misleading(env map[string]string) []Finding {
	var all []Finding
	for _, m := range misleaders() {
		if v := env[m.name]; v != "" && v != "0" && v != "false" {
			all = append(all, Finding{Check: "env", State: Warn, Says: m.name + " is set; it leads " + m.where, Do: "unset it for the drill: env -u " + m.name})
		}
	}
	return all
}
