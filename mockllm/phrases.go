package mockllm

// Phrases are pieces of text that stand in providers' own error bodies and
// hardly anywhere else, whatever the dialect. A reply that shows one to a user
// shows the provider's raw error; the tests hold every
// failure of every dialect against the list.
func Phrases() []string {
	return []string{
		`invalid_request_error`, `rate_limit_exceeded`, `rate_limit_error`, `Rate limit reached for`,
		`would exceed the rate limit for your organization`, `insufficient_quota`, `invalid_api_key`,
		`Incorrect API key provided`, `authentication_error`, `invalid x-api-key`,
		`The server had an error while processing your request`, `server_is_overloaded`,
		`currently overloaded`, `overloaded_error`, `Internal server error`, `timeout_error`, `"api_error"`,
		`cf_bad_gateway`, `cf_service_unavailable`, `cf_gateway_timeout`, `<center>cloudflare</center>`,
		`Cloudflare Ray ID`, `504 Gateway Time-out`, `502 Bad Gateway`, `503 Service Temporarily Unavailable`,
		`upstream connect error or disconnect/reset before headers`,
	}
}
