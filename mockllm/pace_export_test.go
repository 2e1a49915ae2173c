package mockllm

// ClassOf is the name of the profile that a model's name speaks of.
func ClassOf(model string) string { return classOf(model).Name }

// TimingOf draws the pace of an answer to a prompt of so many tokens.
func TimingOf(s Spec, model string, tokensIn int, key string) *Timing {
	return s.timing(model, tokensIn, draw{7, "primary", key})
}
