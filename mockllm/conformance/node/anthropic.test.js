import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as mock from './mock.js'

mock.use('anthropic')
const client = new Anthropic()
const model = 'claude-haiku-4-5'
const ask = { model, max_tokens: 1000, messages: [{ role: 'user', content: mock.prompt }] }
const tools = [{ name: mock.tool.name, description: mock.tool.description, input_schema: mock.tool.schema }]

describe('anthropic', () => {
  test('json', async () => {
    const answer = await client.messages.create(ask)
    mock.whole(answer.content[0].text)
    assert.equal(answer.stop_reason, 'end_turn')
    assert(answer.usage.input_tokens > 0 && answer.usage.output_tokens > 0)
    assert.match(answer._request_id, /^req_/)
  })

  test('stream', async () => {
    const events = await Array.fromAsync(await client.messages.create({ ...ask, stream: true }))
    mock.whole(events.map((e) => (e.type === 'content_block_delta' ? e.delta.text : '')).join(''))
    assert.equal(events[0].type, 'message_start')
    assert.equal(events.at(-1).type, 'message_stop')
  })

  test('tools', async () => {
    const answer = await client.messages.create({ ...ask, tools })
    assert.equal(answer.stop_reason, 'tool_use')
    const call = answer.content.find((block) => block.type === 'tool_use')
    assert.equal(call.name, mock.tool.name)
    mock.asked(call.input)
  })

  test('tools, streamed', async () => {
    const answer = await client.messages.stream({ ...ask, tools }).finalMessage()
    mock.asked(answer.content.find((block) => block.type === 'tool_use').input)
  })

  test('loop', async () => {
    let calls = 0
    const weather = betaZodTool({
      name: mock.tool.name,
      description: mock.tool.description,
      inputSchema: mock.weather,
      run: (args) => {
        calls++
        mock.asked(args)
        return '31 degrees'
      },
    })
    const answer = await client.beta.messages.toolRunner({ ...ask, tools: [weather] })
    mock.whole(answer.content.find((block) => block.type === 'text').text)
    assert.equal(calls, 1)
  })

  test('structured', async () => {
    const format = { type: 'json_schema', schema: mock.reportSchema }
    const answer = await client.messages.create({ ...ask, output_config: { format } })
    mock.report.parse(JSON.parse(answer.content[0].text))
    assert(answer.content[0].text.includes(mock.nonce), answer.content[0].text)
  })

  test('models', async () => {
    const ids = (await Array.fromAsync(client.models.list())).map((m) => m.id)
    const { id } = await client.models.retrieve(model)
    assert(ids.includes(id), ids)
  })

  test('key', async () => {
    const stranger = new Anthropic({ apiKey: 'sk-ant-wrong' })
    await assert.rejects(stranger.messages.create(ask), Anthropic.AuthenticationError)
    await assert.rejects(stranger.models.list(), Anthropic.AuthenticationError)
  })

  test('model', async () => {
    await assert.rejects(client.messages.create({ ...ask, model: 'claude-none' }), (e) => {
      assert(e instanceof Anthropic.NotFoundError, e)
      return e.error.error.type === 'not_found_error'
    })
    await assert.rejects(client.models.retrieve('claude-none'), Anthropic.NotFoundError)
  })

  test('helper', async () => {
    const stream = client.messages.stream(ask)
    let deltas = ''
    stream.on('text', (delta) => (deltas += delta))
    mock.whole(await stream.finalText())
    mock.whole(deltas)
  })

  test('parse', async () => {
    const answer = await client.messages.parse({ ...ask, output_config: { format: zodOutputFormat(mock.report) } })
    mock.report.parse(answer.parsed_output)
  })

  test('thinking', async () => {
    const thinking = { type: 'enabled', budget_tokens: 1024 }
    const whole = await client.messages.create({ ...ask, max_tokens: 4000, thinking })
    const streamed = await client.messages.stream({ ...ask, max_tokens: 4000, thinking }).finalMessage()
    for (const { content } of [whole, streamed]) {
      assert.deepEqual(content.map((block) => block.type), ['thinking', 'text'])
      assert(content[0].thinking && content[0].signature)
      mock.whole(content[1].text)
    }
  })

  test('count', async () => {
    const { max_tokens, ...question } = ask
    const { input_tokens } = await client.messages.countTokens(question)
    assert(input_tokens > 0)
  })
})
