// The route as one writes it first. It has a fallback, by the looks of it.

import { pipeUIMessageStreamToResponse, streamText, toUIMessageStream } from 'ai'
import { primary, secondary } from './providers.js'

/** chat answers the message into the HTTP response. */
export async function chat(message, response) {
  let result
  try {
    result = streamText({ model: primary, prompt: message })
  } catch {
    result = streamText({ model: secondary, prompt: message })
  }
  await pipeUIMessageStreamToResponse({ response, stream: toUIMessageStream({ stream: result.stream }) })
}
