// The AI SDK of Vercel, with its providers for OpenAI (both of its APIs), Anthropic and Google.

import { createAnthropic } from '@ai-sdk/anthropic'
import { createGoogle } from '@ai-sdk/google'
import { createOpenAI } from '@ai-sdk/openai'
import { APICallError, embedMany, generateObject, generateText, isStepCount, Output, streamObject, streamText, tool } from 'ai'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as mock from './mock.js'

mock.use('openai')
mock.use('anthropic')
const gemini = mock.use('gemini')
const prompt = mock.prompt

// Google's alone reads no variable for its base URL.
const google = (options) => createGoogle({ baseURL: `${gemini.url}/v1beta`, apiKey: gemini.env.GEMINI_API_KEY, ...options })

const providers = [
  { name: 'ai_openai', create: createOpenAI, model: 'gpt-5.5', status: { key: 401, model: 400 }, embedding: ['text-embedding-3-small', 1536] },
  {
    name: 'ai_openai_chat',
    create: (options) => (model) => createOpenAI(options).chat(model),
    model: 'gpt-5.5',
    status: { key: 401, model: 404 },
  },
  { name: 'ai_anthropic', create: createAnthropic, model: 'claude-haiku-4-5', status: { key: 401, model: 404 } },
  { name: 'ai_google', create: google, model: 'gemini-2.5-flash', status: { key: 400, model: 404 }, embedding: ['gemini-embedding-001', 3072] },
]

for (const { name, create, model: id, status, embedding } of providers) {
  const provider = create({})
  const model = provider(id)

  /** failed fails unless the promise is rejected with the provider's answer of that status. */
  const failed = (promise, code) =>
    assert.rejects(promise, (e) => {
      assert(APICallError.isInstance(e), e)
      assert.equal(e.statusCode, code)
      assert.equal(e.isRetryable, false)
      return true
    })

  describe(name, () => {
    test('json', async () => {
      const { text, finishReason, usage } = await generateText({ model, prompt })
      mock.whole(text)
      assert.equal(finishReason, 'stop')
      assert(usage.inputTokens > 0 && usage.outputTokens > 0)
    })

    test('stream', async () => {
      const result = streamText({ model, prompt, onError: ({ error }) => assert.fail(error) })
      mock.whole(await mock.join(result.textStream))
      assert.equal(await result.finishReason, 'stop')
      assert((await result.usage).outputTokens > 0)
    })

    const weather = { description: mock.tool.description, inputSchema: mock.weather }

    test('tools', async () => {
      const ask = { model, prompt, tools: { [mock.tool.name]: tool(weather) } }
      const { toolCalls, finishReason } = await generateText(ask)
      mock.asked(toolCalls[0].input)
      assert.equal(finishReason, 'tool-calls')
      mock.asked((await streamText(ask).toolCalls)[0].input)
    })

    test('loop', async () => {
      const execute = async (args) => {
        mock.asked(args)
        return '31 degrees'
      }
      const ask = { model, prompt, stopWhen: isStepCount(5), tools: { [mock.tool.name]: tool({ ...weather, execute }) } }
      const { text, steps } = await generateText(ask)
      mock.whole(text)
      assert.equal(steps.length, 2)
    })

    if (embedding) {
      test('embed', async () => {
        const [embeddingModel, dimensions] = embedding
        const { embeddings } = await embedMany({ model: provider.embedding(embeddingModel), values: ['Lagos', 'Accra'] })
        for (const vector of embeddings) mock.unit(vector, dimensions)
      })
    }

    test('structured', async () => {
      const { output } = await generateText({ model, prompt, output: Output.object({ schema: mock.report }) })
      mock.report.parse(output)
    })

    test('parse', async () => {
      const { object } = await generateObject({ model, prompt, schema: mock.report })
      mock.report.parse(object)
      const stream = streamObject({ model, prompt, schema: mock.report, onError: ({ error }) => assert.fail(error) })
      const parts = await Array.fromAsync(stream.partialObjectStream)
      mock.report.parse(parts.at(-1))
      mock.report.parse(await stream.object)
    })

    test('key', () => failed(generateText({ model: create({ apiKey: 'wrong' })(id), prompt }), status.key))

    test('model', () => failed(generateText({ model: provider('none'), prompt }), status.model))
  })
}
