package faults

// matches says whether the fault is meant for such a request.
func (s *scene) matches(look Look) bool {
	m := s.Fault.Match
	switch {
	case s.kind.StreamOnly && !look.Stream,
		s.kind.writes() && !generates(look.Endpoint),
		m.Model != "" && m.Model != look.Model,
		m.Endpoint != "" && m.Endpoint != look.Endpoint,
		m.Endpoint == "" && idle(look.Endpoint):
		return false
	}
	return m.fits(look)
}

// fits says whether a request is as the match wants it, whatever is asked for.
func (m Match) fits(look Look) bool {
	same := func(want *bool, is bool) bool { return want == nil || *want == is }
	named := func(want, is string) bool { return want == "" || want == is }
	return same(m.Stream, look.Stream) && same(m.HasTools, look.Tools) && same(m.HasAttachment, look.Attachment) &&
		named(m.APIKey, look.Key) && named(m.Region, look.Region) && named(m.ServiceTier, look.ServiceTier) &&
		named(m.User, look.User) && named(m.Session, look.Session) && look.PromptTokens >= m.MinPromptTokens
}

// writes says whether the kind is about the text of an answer.
func (k Kind) writes() bool { return k.Family == "stream" || k.Family == "content" }

// generates says whether the endpoint writes text, which could break off.
func generates(endpoint string) bool {
	switch endpoint {
	case "embeddings", "moderations", "count_tokens", "images":
		return false
	}
	return !idle(endpoint)
}

// idle says whether the endpoint puts no model to work.
func idle(endpoint string) bool {
	switch endpoint {
	case "models", "files", "batches", "stored_responses":
		return true
	}
	return false
}
