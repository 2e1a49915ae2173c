import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import OpenAI from 'openai'
import * as mock from './mock.js'

const { url, env } = mock.use('gemini')
const client = new GoogleGenAI({})
const model = 'gemini-2.5-flash'
const ask = { model, contents: mock.prompt }
const tools = [
  { functionDeclarations: [{ name: mock.tool.name, description: mock.tool.description, parametersJsonSchema: mock.tool.schema }] },
]

describe('genai', () => {
  test('json', async () => {
    const answer = await client.models.generateContent(ask)
    mock.whole(answer.text)
    assert.equal(answer.candidates[0].finishReason, 'STOP')
    const { promptTokenCount, candidatesTokenCount, totalTokenCount } = answer.usageMetadata
    assert.equal(totalTokenCount, promptTokenCount + candidatesTokenCount)
  })

  test('stream', async () => {
    const chunks = await Array.fromAsync(await client.models.generateContentStream(ask))
    mock.whole(chunks.map((c) => c.text ?? '').join(''))
    assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP')
  })

  test('tools', async () => {
    const answer = await client.models.generateContent({ ...ask, config: { tools } })
    assert.equal(answer.functionCalls[0].name, mock.tool.name)
    mock.asked(answer.functionCalls[0].args)
    const forced = { functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: [mock.tool.name] } }
    mock.asked((await client.models.generateContent({ ...ask, config: { tools, toolConfig: forced } })).functionCalls[0].args)
  })

  test('tools, streamed', async () => {
    const chunks = await Array.fromAsync(await client.models.generateContentStream({ ...ask, config: { tools } }))
    mock.asked(chunks.flatMap((c) => c.functionCalls ?? [])[0].args)
  })

  test('loop', async () => {
    const chat = client.chats.create({ model, config: { tools } })
    const first = await chat.sendMessage({ message: mock.prompt })
    const { id, name } = first.functionCalls[0]
    const second = await chat.sendMessage({
      message: [{ functionResponse: { id, name, response: { output: '31 degrees' } } }],
    })
    mock.whole(second.text)
  })

  test('embed', async () => {
    const { embeddings } = await client.models.embedContent({ model: 'gemini-embedding-001', contents: ['Lagos', 'Accra'] })
    for (const { values } of embeddings) mock.unit(values, 3072)
    assert.notDeepEqual(embeddings[0], embeddings[1])
  })

  test('structured', async () => {
    const config = { responseMimeType: 'application/json', responseJsonSchema: mock.reportSchema }
    const { text } = await client.models.generateContent({ ...ask, config })
    mock.report.parse(JSON.parse(text))
    assert(text.includes(mock.nonce), text)
  })

  // The schema in Google's own words: types in capitals, nullable instead of a union.
  test('structured, own schema', async () => {
    const responseSchema = {
      type: 'OBJECT',
      properties: {
        city: { type: 'STRING' },
        sky: { type: 'STRING', enum: ['clear', 'rain'] },
        hours: { type: 'ARRAY', items: { type: 'INTEGER' } },
        warning: { type: 'STRING', nullable: true },
      },
      required: ['city', 'sky', 'hours', 'warning'],
      propertyOrdering: ['sky', 'city', 'hours', 'warning'],
    }
    const { text } = await client.models.generateContent({ ...ask, config: { responseMimeType: 'application/json', responseSchema } })
    const { city, sky, hours, warning } = JSON.parse(text)
    assert.equal(typeof city, 'string')
    assert(['clear', 'rain'].includes(sky), text)
    assert(hours.every(Number.isInteger), text)
    assert(warning === null || typeof warning === 'string', text)
  })

  test('models', async () => {
    const names = (await Array.fromAsync(await client.models.list())).map((m) => m.name)
    assert(names.includes(`models/${model}`), names)
    assert.equal((await client.models.get({ model })).name, `models/${model}`)
  })

  // Google words a wrong key as a bad request.
  test('key', async () => {
    const stranger = new GoogleGenAI({ apiKey: 'wrong' })
    for (const name of ['generateContent', 'generateContentStream', 'list']) {
      await assert.rejects(stranger.models[name](ask), (e) => {
        assert(e instanceof ApiError, e)
        assert.match(e.message, /API_KEY_INVALID/)
        return e.status === 400
      })
    }
  })

  test('model', async () => {
    for (const name of ['generateContent', 'generateContentStream']) {
      await assert.rejects(client.models[name]({ ...ask, model: 'gemini-none' }), (e) => {
        assert(e instanceof ApiError, e)
        return e.status === 404
      })
    }
  })

  test('helper', async () => {
    const chat = client.chats.create({ model })
    mock.whole(await mock.join(await chat.sendMessageStream({ message: mock.prompt }), (c) => c.text))
    const [question, ...answer] = chat.getHistory()
    assert.equal(question.role, 'user')
    mock.whole(answer.flatMap((content) => content.parts.map((part) => part.text ?? '')).join(''))
  })

  test('count', async () => {
    assert((await client.models.countTokens(ask)).totalTokens > 0)
  })

  // What Google speaks to SDKs of OpenAI: its errors come in an array.
  test('compatible', async () => {
    const compatible = new OpenAI({ baseURL: `${url}/v1beta/openai/`, apiKey: env.GEMINI_API_KEY })
    const messages = [{ role: 'user', content: mock.prompt }]
    const answer = await compatible.chat.completions.create({ model, messages })
    mock.whole(answer.choices[0].message.content)
    const stream = await compatible.chat.completions.create({ model, messages, stream: true })
    mock.whole(await mock.join(stream, (c) => c.choices[0]?.delta.content))
    const { data } = await compatible.embeddings.create({ model: 'gemini-embedding-001', input: mock.prompt })
    mock.unit(data[0].embedding, 3072)
    await assert.rejects(compatible.chat.completions.create({ model: 'gemini-none', messages }), OpenAI.NotFoundError)
  })
})
