import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { AzureChatOpenAI, AzureOpenAIEmbeddings, ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as mock from './mock.js'

mock.use('openai')

// For embeddings LangChain knows Azure's address by no other name than this.
process.env.AZURE_OPENAI_BASE_PATH = `${mock.use('azure').url}/openai/deployments`
const azure = { azureOpenAIApiVersion: '2024-10-21' }
const clients = [
  {
    name: 'langchain_openai',
    chat: (options) => new ChatOpenAI({ model: 'gpt-5.5', ...options }),
    other: { model: 'gpt-none' },
    refusal: { status: 404, code: 'model_not_found' },
    embeddings: () => new OpenAIEmbeddings({ model: 'text-embedding-3-small' }),
  },
  {
    name: 'langchain_responses',
    chat: (options) => new ChatOpenAI({ model: 'gpt-5.5', useResponsesApi: true, ...options }),
    other: { model: 'gpt-none' },
    refusal: { status: 400, code: 'model_not_found' },
  },
  {
    name: 'langchain_azure',
    chat: (options) => new AzureChatOpenAI({ ...azure, model: 'gpt-5.5', azureOpenAIApiDeploymentName: 'gpt-5.5', ...options }),
    other: { azureOpenAIApiDeploymentName: 'gpt-none' },
    refusal: { status: 404, code: 'DeploymentNotFound' },
    embeddings: () => new AzureOpenAIEmbeddings({ ...azure, azureOpenAIApiEmbeddingsDeploymentName: 'text-embedding-3-small' }),
  },
]

for (const { name, chat, other, refusal, embeddings } of clients) {
  const model = chat({})

  describe(name, () => {
    test('json', async () => {
      const answer = await model.invoke(mock.prompt)
      mock.whole(answer.text)
      assert(answer.usage_metadata.total_tokens > 0)
    })

    test('stream', async () => {
      mock.whole(await mock.join(await model.stream(mock.prompt), (chunk) => chunk.text))
    })

    const weather = tool(
      (args) => {
        mock.asked(args)
        return '31 degrees'
      },
      { name: mock.tool.name, description: mock.tool.description, schema: mock.weather },
    )

    test('tools', async () => {
      const { tool_calls } = await model.bindTools([weather]).invoke(mock.prompt)
      assert.equal(tool_calls[0].name, mock.tool.name)
      mock.asked(tool_calls[0].args)
    })

    test('tools, streamed', async () => {
      let all
      for await (const chunk of await model.bindTools([weather]).stream(mock.prompt)) all = all ? all.concat(chunk) : chunk
      mock.asked(all.tool_calls[0].args)
    })

    test('loop', async () => {
      const bound = model.bindTools([weather])
      const messages = [new HumanMessage(mock.prompt)]
      const first = await bound.invoke(messages)
      const result = await weather.invoke(first.tool_calls[0])
      assert(result instanceof ToolMessage)
      mock.whole((await bound.invoke([...messages, first, result])).text)
    })

    if (embeddings) {
      test('embed', async () => {
        for (const vector of await embeddings().embedDocuments(['Lagos', 'Accra'])) mock.unit(vector, 1536)
      })
    }

    test('structured', async () => {
      mock.report.parse(await model.withStructuredOutput(mock.report, { name: 'report', method: 'jsonSchema' }).invoke(mock.prompt))
    })

    test('parse', async () => {
      mock.report.parse(await model.withStructuredOutput(mock.report, { name: 'report', method: 'functionCalling' }).invoke(mock.prompt))
    })

    test('key', async () => {
      await assert.rejects(chat({ apiKey: 'wrong', azureOpenAIApiKey: 'wrong' }).invoke(mock.prompt), (e) => {
        assert.equal(e.lc_error_code, 'MODEL_AUTHENTICATION', e)
        return e.status === 401
      })
    })

    test('model', async () => {
      await assert.rejects(chat(other).invoke(mock.prompt), (e) => {
        assert.equal(e.status, refusal.status, e)
        return e.code === refusal.code
      })
    })
  })
}
