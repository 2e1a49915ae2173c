package faults

// Meant gives the kind that is meant by a word which statuses, SDKs, incident reports or
// other tools have for it: what whoever writes "429" is asked about.
func Meant() map[string]string {
	meant := map[string]string{}
	for kind, words := range map[string][]string{
		"rate_limit":      {"429", "throttle", "throttling", "throttled", "too_many_requests", "rate_limit_error", "rate_limit_exceeded", "ratelimited"},
		"quota_exhausted": {"insufficient_quota", "quota", "quota_exceeded", "out_of_quota", "402", "billing"},
		"server_error":    {"5xx", "500", "503", "http_error", "internal_error", "internal_server_error", "service_unavailable", "api_error", "outage", "down"},
		"overloaded":      {"529", "overload", "overloaded_error", "server_busy", "busy"},
		"unauthorized":    {"401", "403", "auth", "auth_error", "authentication_error", "invalid_api_key", "forbidden", "permission_denied"},
		"bad_request":     {"400", "invalid_request", "invalid_request_error"},
		"not_found":       {"404", "model_not_found", "model_gone"},
		"context_length":  {"context_length_exceeded", "context_window", "prompt_too_long"},
		"bad_gateway":     {"502", "520", "522", "cloudflare", "edge_error"},
		"gateway_timeout": {"504", "524", "408", "timeout", "time_out", "request_timeout"},
		"error_in_200":    {"error_200", "200_error"},
		"wrong_body":      {"html_200", "html", "wrong_type", "wrong_content_type"},
		"slow":            {"slow_first_token", "slow_response", "slow_answer", "slowdown", "slow_down", "brownout", "degraded", "high_latency"},
		"delay":           {"slow_headers", "sleep", "wait", "fixed_delay"},
		"hang":            {"freeze", "frozen", "no_response", "no_answer", "unresponsive"},
		"stall":           {"stall_after", "stream_stall", "silence", "stalled"},
		"keepalive_only":  {"keepalive_stall", "ping_only"},
		"cut":             {"disconnect", "connection_lost", "broken_pipe", "drop", "rst_mid", "peer_reset"},
		"truncate":        {"eof_clean", "truncated", "cut_off", "incomplete"},
		"abort":           {"eof_dirty", "unexpected_eof"},
		"stream_error":    {"error_event", "mid_stream_error"},
		"malformed":       {"garbage", "garbage_chunk", "invalid_json_chunk", "corrupt"},
		"duplicate":       {"dup_chunk", "duplicate_chunk"},
		"split":           {"split_utf8", "tiny_writes", "fragmented"},
		"early_finish":    {"finish_length", "finish_filter", "max_tokens"},
		"gibberish":       {"garbled", "nonsense", "hallucination"},
		"broken_json":     {"invalid_json", "bad_json"},
		"weaker_model":    {"quality", "model_downgrade", "wrong_model"},
		"refuse":          {"connection_refused", "econnrefused", "refused", "dns", "unreachable"},
		"reset":           {"connection_reset", "econnreset", "reset_peer", "rst_pre"},
		"latency":         {"network_latency", "jitter", "packet_delay"},
		"blackhole":       {"packet_loss", "partition", "black_hole", "drop_packets", "connect_timeout"},
		"bandwidth":       {"slow_network", "throttle_bandwidth"},
		"cert_expired":    {"certificate_expired", "tls_error", "expired_certificate", "ssl"},
		"handshake_stall": {"tls_timeout", "slow_handshake"},
	} {
		for _, word := range words {
			meant[word] = kind
		}
	}
	return meant
}
