// The route after its first bad day: every answer has deadlines, whatever breaks goes
// to the next provider, and what a user has seen of a broken answer is taken back.

import { createUIMessageStream, pipeUIMessageStreamToResponse, streamText } from 'ai'
import { Breaker } from './breaker.js'
import { primary, secondary } from './providers.js'

// How long a user waits: for the first words, between words, and for everything.
const patience = { firstChunkMs: 2_000, chunkMs: 1_500 }
const everything = 8_000

const providers = [primary, secondary].map((model) => ({ model, breaker: new Breaker() }))

/** chat answers the message into the HTTP response. */
export async function chat(message, response) {
  const left = new AbortController()
  response.on('close', () => left.abort()) // nobody reads on: the model need not write on
  const signal = AbortSignal.any([left.signal, AbortSignal.timeout(everything)])
  const stream = createUIMessageStream({
    execute: ({ writer }) => answer(message, writer, signal),
    onError: () => 'Sorry, something went wrong.',
  })
  await pipeUIMessageStreamToResponse({ response, stream })
}

/** answer has the first provider answer that can, and else says that none could. */
async function answer(message, writer, signal) {
  for (const { model, breaker } of providers) {
    if (signal.aborted) break
    if (!breaker.allows()) continue
    const text = new Text(writer)
    try {
      await tell(text, { model, prompt: message, abortSignal: signal })
      breaker.succeeded()
      return
    } catch (error) {
      if (!signal.aborted) breaker.failed()
      console.warn(`${model.provider}: ${error.message}`)
      text.takeBack()
    }
  }
  writer.write({ type: 'data-degraded', data: {} })
  const text = new Text(writer)
  text.add('We cannot answer right now. Please try again in a few minutes.')
  text.end()
}

/** tell streams one provider's answer, and throws unless it is whole. */
async function tell(text, call) {
  // One try: the SDK's own two retries come after 2 s and 4 s, and a user is sooner
  // served by somebody else. streamText does not throw when a provider fails, nor does
  // textStream: the failure is a part of the stream.
  const { stream } = streamText({ ...call, maxRetries: 0, timeout: patience, onError: () => {} })
  let finish
  for await (const part of stream) {
    if (part.type === 'text-delta') text.add(part.text)
    if (part.type === 'error') throw part.error
    if (part.type === 'abort') throw new Error('too slow, or the user has left')
    if (part.type === 'finish') finish = part.finishReason
  }
  // A stream that was cut ends like any other, but for its finish reason.
  if (finish !== 'stop') throw new Error(`the answer is not whole: finish reason ${finish}`)
  if (text.empty) throw new Error('the answer is empty')
  text.end()
}

/** Text is one try at an answer, as parts of the UI message stream. */
class Text {
  #id = crypto.randomUUID()
  empty = true

  constructor(writer) {
    this.writer = writer
  }

  add(delta) {
    if (this.empty) this.writer.write({ type: 'text-start', id: this.#id })
    this.empty = false
    this.writer.write({ type: 'text-delta', id: this.#id, delta })
  }

  end() {
    this.writer.write({ type: 'text-end', id: this.#id })
  }

  /** takeBack tells the client to drop this text, if there is any yet. */
  takeBack() {
    if (this.empty) return
    this.end()
    this.writer.write({ type: 'data-reset', data: { text: this.#id } })
  }
}
