import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import OpenAI from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import * as mock from './mock.js'

mock.use('openai')
const client = new OpenAI()
const model = 'gpt-5.5'
const input = mock.prompt
const tools = [{ type: 'function', name: mock.tool.name, description: mock.tool.description, parameters: mock.tool.schema, strict: true }]

describe('openai_responses', () => {
  test('json', async () => {
    const answer = await client.responses.create({ model, input })
    mock.whole(answer.output_text)
    assert.equal(answer.status, 'completed')
    assert.equal(answer.usage.total_tokens, answer.usage.input_tokens + answer.usage.output_tokens)
  })

  test('stream', async () => {
    const events = await Array.fromAsync(await client.responses.create({ model, input, stream: true }))
    assert.deepEqual(events.map((e) => e.sequence_number), [...events.keys()])
    mock.whole(events.map((e) => (e.type === 'response.output_text.delta' ? e.delta : '')).join(''))
    assert.equal(events.at(-1).type, 'response.completed')
    const message = events.at(-1).response.output.find((item) => item.type === 'message')
    mock.whole(message.content[0].text)
  })

  test('count', async () => {
    const { input_tokens: counted } = await client.responses.inputTokens.count({ model, input })
    assert.equal(counted, (await client.responses.create({ model, input })).usage.input_tokens)
  })

  test('tools', async () => {
    const answer = await client.responses.create({ model, input, tools })
    const call = answer.output.find((item) => item.type === 'function_call')
    assert.equal(call.name, mock.tool.name)
    mock.asked(call.arguments)
  })

  test('tools, streamed', async () => {
    const answer = await client.responses.stream({ model, input, tools }).finalResponse()
    mock.asked(answer.output.find((item) => item.type === 'function_call').arguments)
  })

  test('loop', async () => {
    const first = await client.responses.create({ model, input, tools })
    const call = first.output.find((item) => item.type === 'function_call')
    const second = await client.responses.create({
      model,
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: '31 degrees' }],
    })
    mock.whole(second.output_text)
    assert.equal(second.previous_response_id, first.id)
  })

  test('structured', async () => {
    const format = { type: 'json_schema', name: 'report', strict: true, schema: mock.reportSchema }
    const answer = await client.responses.create({ model, input, text: { format } })
    mock.report.parse(JSON.parse(answer.output_text))
    assert(answer.output_text.includes(mock.nonce), answer.output_text)
  })

  test('key', async () => {
    const stranger = new OpenAI({ apiKey: 'sk-wrong' })
    await assert.rejects(stranger.responses.create({ model, input }), OpenAI.AuthenticationError)
  })

  // The Responses API words a model that is not there as a bad request.
  test('model', async () => {
    await assert.rejects(client.responses.create({ model: 'gpt-none', input }), (e) => {
      assert(e instanceof OpenAI.BadRequestError, e)
      return e.code === 'model_not_found'
    })
  })

  test('helper', async () => {
    const stream = client.responses.stream({ model, input })
    let deltas = ''
    stream.on('response.output_text.delta', (e) => (deltas += e.delta))
    mock.whole((await stream.finalResponse()).output_text)
    mock.whole(deltas)
  })

  test('parse', async () => {
    const answer = await client.responses.parse({ model, input, text: { format: zodTextFormat(mock.report, 'report') } })
    mock.report.parse(answer.output_parsed)
  })

  test('background', async () => {
    let answer = await client.responses.create({ model, input, background: true })
    while (['queued', 'in_progress'].includes(answer.status)) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      answer = await client.responses.retrieve(answer.id)
    }
    mock.whole(answer.output_text)
    await client.responses.delete(answer.id)
    await assert.rejects(client.responses.retrieve(answer.id), OpenAI.NotFoundError)

    const other = await client.responses.create({ model, input, background: true })
    assert.equal((await client.responses.cancel(other.id)).status, 'cancelled')
  })
})
