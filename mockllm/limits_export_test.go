package mockllm

// ClassOf is the name of the profile that a model's name speaks of.
func ClassOf(model string) string { return classOf(model).Name }

// TimingOf draws the pace of an answer to a prompt of so many tokens.
func TimingOf(s Spec, model string, tokensIn int, key string) *Timing {
	return s.timing(model, tokensIn, draw{7, "primary", key})
}

// Held is how many keys and models the limiter remembers.
func Held(s *Server) int {
	s.limiter.mu.Lock()
	defer s.limiter.mu.Unlock()
	return len(s.limiter.all)
}
