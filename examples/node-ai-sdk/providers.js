// The models that both styles ask. brownout names the mocks' addresses by the variables
// of the vendors' SDKs; without them the real ones are asked.

import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'

// The AI SDK's OPENAI_BASE_URL ends in /v1, as OpenAI's own does. Its
// ANTHROPIC_BASE_URL ends in /v1 too, and Anthropic's own does not: with one variable
// for both, the version is added where it is missing.
const anthropicURL = process.env.ANTHROPIC_BASE_URL?.replace(/(\/v1)?\/*$/, '/v1')

export const primary = createOpenAI()('gpt-4o')
export const secondary = createAnthropic({ baseURL: anthropicURL })('claude-sonnet-4-5')
