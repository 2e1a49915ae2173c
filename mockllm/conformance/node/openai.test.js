import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import OpenAI from 'openai'
import { zodResponseFormat } from 'openai/helpers/zod'
import * as mock from './mock.js'

mock.use('openai')
const client = new OpenAI()
const model = 'gpt-5.5'
const messages = [{ role: 'user', content: mock.prompt }]
const tools = [
  { type: 'function', function: { name: mock.tool.name, description: mock.tool.description, parameters: mock.tool.schema, strict: true } },
]

describe('openai', () => {
  test('json', async () => {
    const answer = await client.chat.completions.create({ model, messages })
    mock.whole(answer.choices[0].message.content)
    assert.equal(answer.choices[0].finish_reason, 'stop')
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens + answer.usage.completion_tokens)
    assert.match(answer._request_id, /^req_/)
  })

  test('stream', async () => {
    const stream = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } })
    const chunks = await Array.fromAsync(stream)
    mock.whole(chunks.map((c) => c.choices[0]?.delta.content ?? '').join(''))
    assert.equal(chunks.at(-2).choices[0].finish_reason, 'stop')
    assert(chunks.at(-1).usage.completion_tokens > 0)
  })

  test('tools', async () => {
    const answer = await client.chat.completions.create({ model, messages, tools })
    assert.equal(answer.choices[0].finish_reason, 'tool_calls')
    const [call] = answer.choices[0].message.tool_calls
    assert.equal(call.function.name, mock.tool.name)
    mock.asked(call.function.arguments)
  })

  test('tools, streamed', async () => {
    const runner = client.chat.completions.stream({ model, messages, tools })
    const { tool_calls } = await runner.finalMessage()
    mock.asked(tool_calls[0].function.arguments)
  })

  test('loop', async () => {
    let calls = 0
    const weather = {
      type: 'function',
      function: {
        name: mock.tool.name,
        description: mock.tool.description,
        parameters: mock.tool.schema,
        parse: JSON.parse,
        function: (args) => {
          calls++
          mock.asked(args)
          return '31 degrees'
        },
      },
    }
    const runner = client.chat.completions.runTools({ model, messages, tools: [weather] })
    mock.whole(await runner.finalContent())
    assert.equal(calls, 1)
  })

  test('embed', async () => {
    const ask = (encoding_format) =>
      client.embeddings.create({ model: 'text-embedding-3-small', input: ['Lagos', 'Accra'], encoding_format })
    const [base64, floats] = [await ask(), await ask('float')]
    for (const { embedding } of base64.data) mock.unit(embedding, 1536)
    for (const [i, { embedding }] of floats.data.entries()) {
      embedding.forEach((x, at) => assert(Math.abs(x - base64.data[i].embedding[at]) < 1e-6))
    }
    assert.notDeepEqual(base64.data[0].embedding, base64.data[1].embedding)
  })

  test('structured', async () => {
    const answer = await client.chat.completions.create({
      model,
      messages,
      response_format: { type: 'json_schema', json_schema: { name: 'report', strict: true, schema: mock.reportSchema } },
    })
    const { content } = answer.choices[0].message
    mock.report.parse(JSON.parse(content))
    assert(content.includes(mock.nonce), content)
  })

  test('models', async () => {
    const ids = (await Array.fromAsync(client.models.list())).map((m) => m.id)
    assert(ids.includes(model), ids)
    assert.equal((await client.models.retrieve(model)).id, model)
  })

  test('key', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong' })
    await assert.rejects(stranger.chat.completions.create({ model, messages }), (e) => {
      assert(e instanceof OpenAI.AuthenticationError, e)
      return e.code === 'invalid_api_key'
    })
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError)
  })

  test('model', async () => {
    await assert.rejects(client.chat.completions.create({ model: 'gpt-none', messages }), (e) => {
      assert(e instanceof OpenAI.NotFoundError, e)
      return e.code === 'model_not_found'
    })
    await assert.rejects(client.models.retrieve('gpt-none'), OpenAI.NotFoundError)
  })

  test('helper', async () => {
    const runner = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } })
    let deltas = ''
    runner.on('content', (delta) => (deltas += delta))
    mock.whole(await runner.finalContent())
    mock.whole(deltas)
    assert((await runner.totalUsage()).total_tokens > 0)
  })

  test('parse', async () => {
    const answer = await client.chat.completions.parse({ model, messages, response_format: zodResponseFormat(mock.report, 'report') })
    mock.report.parse(answer.choices[0].message.parsed)
  })

  test('completions', async () => {
    const ask = { model: 'gpt-3.5-turbo-instruct', prompt: mock.prompt, max_tokens: 50 }
    const answer = await client.completions.create(ask)
    mock.whole(answer.choices[0].text.trim())
    const stream = await client.completions.create({ ...ask, stream: true })
    mock.whole((await mock.join(stream, (c) => c.choices[0]?.text)).trim())
  })

  test('images', async () => {
    const { data } = await client.images.generate({ model: 'gpt-image-2', prompt: mock.prompt })
    const png = Buffer.from(data[0].b64_json, 'base64')
    assert.equal(png.subarray(1, 4).toString(), 'PNG')
  })

  test('moderations', async () => {
    const { results } = await client.moderations.create({ input: mock.prompt })
    assert.equal(results[0].flagged, false)
  })

  test('batches', async () => {
    const lines = [0, 1].map((n) =>
      JSON.stringify({ custom_id: `n${n}`, method: 'POST', url: '/v1/chat/completions', body: { model, messages } }),
    )
    const file = await client.files.create({ file: new File([lines.join('\n')], 'in.jsonl'), purpose: 'batch' })
    let batch = await client.batches.create({ input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' })
    while (!['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) {
      await new Promise((resolve) => setTimeout(resolve, 200))
      batch = await client.batches.retrieve(batch.id)
    }
    assert.equal(batch.status, 'completed')
    assert.deepEqual(batch.request_counts, { total: 2, completed: 2, failed: 0 })
    const out = await (await client.files.content(batch.output_file_id)).text()
    const answers = out.trim().split('\n').map(JSON.parse)
    assert.deepEqual(answers.map((a) => a.custom_id).sort(), ['n0', 'n1'])
    for (const { response } of answers) mock.whole(response.body.choices[0].message.content)
    const listed = await Array.fromAsync(client.batches.list())
    assert(listed.some((b) => b.id === batch.id))
  })
})
