import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import OpenAI, { AzureOpenAI } from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import * as mock from './mock.js'

const { url } = mock.use('azure')
const apiVersion = '2024-10-21'
const client = new AzureOpenAI({ apiVersion })
const model = 'gpt-5.5' // Azure's SDK puts it into the path, as the deployment
const messages = [{ role: 'user', content: mock.prompt }]
const tools = [
  { type: 'function', function: { name: mock.tool.name, description: mock.tool.description, parameters: mock.tool.schema, strict: true } },
]

describe('azure', () => {
  test('json', async () => {
    const answer = await client.chat.completions.create({ model, messages })
    mock.whole(answer.choices[0].message.content)
    assert.equal(answer.choices[0].content_filter_results.hate.filtered, false)
    assert.equal(answer.prompt_filter_results[0].content_filter_results.hate.filtered, false)
  })

  test('stream', async () => {
    const chunks = await Array.fromAsync(await client.chat.completions.create({ model, messages, stream: true }))
    assert.deepEqual(chunks[0].choices, [])
    mock.whole(chunks.map((c) => c.choices[0]?.delta.content ?? '').join(''))
  })

  test('tools', async () => {
    const answer = await client.chat.completions.create({ model, messages, tools })
    mock.asked(answer.choices[0].message.tool_calls[0].function.arguments)
  })

  test('tools, streamed', async () => {
    const { tool_calls } = await client.chat.completions.stream({ model, messages, tools }).finalMessage()
    mock.asked(tool_calls[0].function.arguments)
  })

  test('loop', async () => {
    const first = await client.chat.completions.create({ model, messages, tools })
    const { message } = first.choices[0]
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: '31 degrees' }
    const second = await client.chat.completions.create({ model, messages: [...messages, message, result], tools })
    mock.whole(second.choices[0].message.content)
  })

  test('embed', async () => {
    const { data } = await client.embeddings.create({ model: 'text-embedding-3-small', input: mock.prompt })
    mock.unit(data[0].embedding, 1536)
  })

  test('structured', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'report', strict: true, schema: mock.reportSchema } },
    })
    mock.report.parse(JSON.parse(answer.choices[0].message.content))
  })

  test('models', async () => {
    const ids = (await Array.fromAsync(client.models.list())).map((m) => m.id)
    assert(ids.includes(model), ids)
  })

  test('key', async () => {
    const stranger = new AzureOpenAI({ apiVersion, apiKey: 'wrong' })
    await assert.rejects(stranger.chat.completions.create({ model, messages }), (e) => {
      assert(e instanceof OpenAI.AuthenticationError, e)
      return e.code === '401'
    })
  })

  test('model', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'gpt-none', messages }), (e) => {
      assert(e instanceof OpenAI.NotFoundError, e)
      return e.code === 'DeploymentNotFound'
    })
  })

  test('helper', async () => {
    mock.whole(await client.chat.completions.stream({ model, messages }).finalContent())
  })

  test('parse', async () => {
    const answer = await client.chat.completions.parse({ model, messages, response_format: zodResponseFormat(mock.report, 'report') })
    mock.report.parse(answer.choices[0].message.parsed)
  })

  // The v1 route of Azure is for the SDK of OpenAI itself.
  test('v1', async () => {
    const v1 = new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: process.env.AZURE_OPENAI_API_KEY })
    const answer = await v1.chat.completions.create({ model, messages })
    mock.whole(answer.choices[0].message.content)
    mock.whole((await v1.responses.create({ model, input: mock.prompt })).output_text)
    const { data } = await v1.embeddings.create({ model: 'text-embedding-3-small', input: mock.prompt })
    mock.unit(data[0].embedding, 1536)
  })
})
