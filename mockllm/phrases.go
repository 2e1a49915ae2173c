package mockllm

// Phrases are pieces of text that stand in providers' own error bodies and
// hardly anywhere else, whatever the dialect. A reply that shows one to a user
// shows the provider's raw error; the tests hold every failure of every dialect
// against the list.
func Phrases() []string {
	return []string{
		`invalid_request_error`, `rate_limit_exceeded`, `rate_limit_error`, `Rate limit reached for`,
		`would exceed the rate limit for your organization`, `insufficient_quota`, `invalid_api_key`,
		`Incorrect API key provided`, `authentication_error`, `invalid x-api-key`,
		`The server had an error while processing your request`, `server_is_overloaded`,
		`An error occurred while processing your request`, `currently overloaded`, `overloaded_error`, `Internal server error`, `timeout_error`, `"api_error"`,
		`cf_bad_gateway`, `cf_service_unavailable`, `cf_gateway_timeout`, `<center>cloudflare</center>`,
		`Cloudflare Ray ID`, `504 Gateway Time-out`, `502 Bad Gateway`, `503 Service Temporarily Unavailable`,
		`upstream connect error or disconnect/reset before headers`,
		`Access denied due to invalid subscription key`, `rate limit of your current OpenAI`, `{"statusCode":429,`, `DeploymentNotFound`,
		`"code":"InternalServerError"`, `The service is temporarily unable to process your request. Please try again later.`,
		`The operation was timeout`, `Azure OpenAI's content management policy`, `Microsoft-Azure-Application-Gateway`,
		`You exceeded your current quota, please check your plan`, `Resource exhausted. Please try again later. Please refer to`,
		`API key not valid`, `API_KEY_INVALID`, `Request had invalid authentication credentials`, `The model is overloaded`,
		`This model is currently experiencing high demand`, `An internal error has occurred. Please retry or report`,
		`Deadline expired before operation could complete`, `Request contains an invalid argument`,
		`exceeds the maximum number of tokens allowed`, `is not found for API version`, `That’s all we know`,
		`"type":"about:blank"`,
	}
}
