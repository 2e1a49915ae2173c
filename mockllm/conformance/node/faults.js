// Asks the failing mock providers with the JavaScript SDKs and prints what each SDK's
// caller was left with: a JSON line for each cell of ../faults/table.json, or of those in
// the file that is named. Start with ../run.

import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import { generateText, streamText } from 'ai'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import OpenAI from 'openai'
import { prompt } from './mock.js'

const table = JSON.parse(readFileSync(new URL('../faults/table.json', import.meta.url), 'utf8'))
const { providers } = JSON.parse(readFileSync(process.env.BROWNOUT_READY, 'utf8'))

const timeout = table.timeout_ms

/** A reading is what a caller knows so far; it stays when the call ends badly, or never. */
class Reading {
  text = ''
  add(text) {
    this.text += text ?? ''
  }
  ended(reason) {
    if (reason) this.finish = reason
  }
  /** got takes a whole answer, or says what came in its place. */
  got(answer, text, reason) {
    if (typeof text !== 'string') this.returned = { string: 'a string', undefined: 'nothing' }[typeof answer] ?? 'an object without an answer'
    this.add(text)
    this.ended(reason)
  }
}

/** The OpenAI SDK on the chat API. */
function chat({ base_url: baseURL, key: apiKey }, headers) {
  const client = new OpenAI({ baseURL, apiKey, timeout, defaultHeaders: headers })
  const ask = { model: 'gpt-5.5', messages: [{ role: 'user', content: prompt }] }
  const read = async (stream, reading) => {
    for await (const chunk of stream) {
      reading.add(chunk.choices[0]?.delta?.content)
      reading.ended(chunk.choices[0]?.finish_reason)
    }
  }
  return {
    json: async (reading) => {
      const answer = await client.chat.completions.create(ask)
      reading.got(answer, answer?.choices?.[0].message.content, answer?.choices?.[0].finish_reason)
    },
    stream: async (reading) => read(await client.chat.completions.create({ ...ask, stream: true }), reading),
    helper: async (reading) => {
      const stream = client.chat.completions.stream(ask)
      await read(stream, reading)
      await stream.finalChatCompletion()
    },
  }
}

/** The OpenAI SDK on the Responses API. */
function responses({ base_url: baseURL, key: apiKey }, headers) {
  const client = new OpenAI({ baseURL, apiKey, timeout, defaultHeaders: headers })
  const ask = { model: 'gpt-5.5', input: prompt }
  const read = async (stream, reading) => {
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') reading.add(event.delta)
      if (['response.completed', 'response.incomplete', 'response.failed', 'error'].includes(event.type)) reading.ended(event.type)
    }
  }
  return {
    json: async (reading) => {
      const answer = await client.responses.create(ask)
      reading.got(answer, answer?.output_text, answer?.status)
    },
    stream: async (reading) => read(await client.responses.create({ ...ask, stream: true }), reading),
    helper: async (reading) => {
      const stream = client.responses.stream(ask)
      await read(stream, reading)
      await stream.finalResponse()
    },
  }
}

function messages({ base_url: baseURL, key: apiKey }, headers) {
  const client = new Anthropic({ baseURL, apiKey, timeout, defaultHeaders: headers })
  const ask = { model: 'claude-haiku-4-5', max_tokens: 1000, messages: [{ role: 'user', content: prompt }] }
  const read = async (stream, reading) => {
    for await (const event of stream) {
      if (event.type === 'content_block_delta') reading.add(event.delta.text)
      if (event.type === 'message_delta') reading.ended(event.delta.stop_reason)
    }
  }
  return {
    json: async (reading) => {
      const answer = await client.messages.create(ask)
      reading.got(answer, answer?.content?.map((block) => block.text).join(''), answer?.stop_reason)
    },
    stream: async (reading) => read(await client.messages.create({ ...ask, stream: true }), reading),
    helper: async (reading) => {
      const stream = client.messages.stream(ask)
      await read(stream, reading)
      await stream.finalMessage()
    },
  }
}

function genai({ url: baseUrl, key: apiKey }, headers) {
  const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl, headers, timeout } })
  const ask = { model: 'gemini-2.5-flash', contents: prompt }
  return {
    json: async (reading) => {
      const answer = await client.models.generateContent(ask)
      reading.got(answer, answer.text, answer.candidates?.[0].finishReason)
    },
    stream: async (reading) => {
      for await (const chunk of await client.models.generateContentStream(ask)) {
        reading.add(chunk.text)
        reading.ended(chunk.candidates?.[0]?.finishReason)
      }
    },
  }
}

/** The AI SDK, which throws nothing while it streams but tells onError. */
function ai(model) {
  const stream = async (reading, options) => {
    const onError = ({ error }) => (reading.told ??= described(error))
    const result = streamText({ model, prompt, onError, ...options })
    for await (const text of result.textStream) reading.add(text)
    reading.ended(await result.finishReason)
  }
  return {
    json: async (reading) => {
      const answer = await generateText({ model, prompt })
      reading.got(answer, answer.text, answer.finishReason)
    },
    stream,
    limited: (reading) => stream(reading, { timeout: { chunkMs: timeout, firstChunkMs: timeout } }),
  }
}

/** How each column of the table asks. */
const columns = {
  'openai-node': chat,
  'openai-node responses': responses,
  'anthropic-node': messages,
  genai,
  'ai openai-chat': (at, headers) => ai(createOpenAI({ baseURL: at.base_url, apiKey: at.key, headers }).chat('gpt-5.5')),
  'ai openai': (at, headers) => ai(createOpenAI({ baseURL: at.base_url, apiKey: at.key, headers })('gpt-5.5')),
  'ai anthropic': (at, headers) =>
    ai(createAnthropic({ baseURL: `${at.base_url}/v1`, apiKey: at.key, headers })('claude-haiku-4-5')),
}

/** described is what a caller can tell an error by. */
function described(e) {
  const last = e.lastError ?? e // of several attempts
  return {
    name: e.lastError ? e.name : e.name === 'Error' ? e.constructor.name : e.name,
    status: last.status ?? last.statusCode,
    code: [last.code, last.type, last.cause?.code].find((code) => typeof code === 'string'),
    message: e.message,
  }
}

/** call asks once, as a cell of the table wants it, and says what came of it. */
async function call(column, row) {
  const { dialect, hang_ms: patience } = table.columns[column]
  const at = { ...providers[row.apart ? `${dialect}-${row.name}` : dialect], key: `sk-${row.name}` }
  const trace = randomBytes(16).toString('hex')
  const headers = { traceparent: `00-${trace}-${trace.slice(0, 16)}-01` }
  const reading = new Reading()
  const began = performance.now()
  const asked = columns[column](at, headers)
    [row.call](reading)
    .catch((e) => (reading.error = described(e)))
  const slow = new AbortController()
  await Promise.race([asked, sleep(patience, undefined, { signal: slow.signal }).then(() => (reading.hang = true)).catch(() => {})])
  slow.abort()
  const ms = Math.round(performance.now() - began)
  console.log(JSON.stringify({ column, row: row.name, trace, ms, ...reading }))
}

/**
 * Cells are asked side by side, but few begin at once: a client that is busy with others
 * would time out by itself. One that takes longer than this hangs, or sleeps between its
 * attempts, and is no burden.
 */
const beginners = 4
const beginning = 500

const wanted = process.argv[2] && JSON.parse(readFileSync(process.argv[2], 'utf8'))
const isWanted = (row, column) => column in row.cells && (!wanted || wanted.some(([r, c]) => r === row.name && c === column))
const cells = table.rows.flatMap((row) => Object.keys(columns).filter((column) => isWanted(row, column)).map((column) => [column, row]))
const open = []

// The first row is asked alone: an SDK's first call is its slowest.
for (const cell of cells.splice(0, Object.keys(columns).length)) await call(...cell)
await Promise.all(
  Array.from({ length: beginners }, async () => {
    for (let cell = cells.shift(); cell; cell = cells.shift()) {
      open.push(call(...cell))
      await Promise.race([open.at(-1), sleep(beginning)])
    }
  }),
)
await Promise.all(open)
process.exit() // what hangs would keep it
