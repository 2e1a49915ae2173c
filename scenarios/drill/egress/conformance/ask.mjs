// Asks a provider at its own address with one client, and prints what came of it as JSON.
//
//     node ask.mjs CLIENT

import https from 'node:https'

const messages = [{ role: 'user', content: 'What is the weather in Lagos?' }]
const url = 'https://api.openai.com/v1/chat/completions'
const body = { model: 'gpt-4o', messages }
const request = {
  method: 'POST',
  headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'content-type': 'application/json' },
  body: JSON.stringify(body),
}
const chosen = (answer) => {
  if (answer.error) throw new Error(JSON.stringify(answer.error))
  return answer.choices[0].message.content
}
const quick = { maxRetries: 0, timeout: 10_000 }

const clients = {
  async openai() {
    const { default: OpenAI } = await import('openai')
    return chosen(await new OpenAI(quick).chat.completions.create(body))
  },
  async openai_stream() {
    const { default: OpenAI } = await import('openai')
    let text = ''
    for await (const chunk of await new OpenAI(quick).chat.completions.create({ ...body, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
    return text
  },
  async anthropic() {
    const { default: Anthropic } = await import('@anthropic-ai/sdk')
    return (await new Anthropic(quick).messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages })).content[0].text
  },
  async genai() {
    const { GoogleGenAI } = await import('@google/genai')
    const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, httpOptions: { timeout: 10_000, retryOptions: { attempts: 1 } } })
    return (await client.models.generateContent({ model: 'gemini-2.5-flash', contents: 'Hello?' })).text
  },
  async ai() {
    const { generateText } = await import('ai')
    const { openai } = await import('@ai-sdk/openai')
    return (await generateText({ model: openai.chat('gpt-4o'), prompt: 'Hello?', maxRetries: 0 })).text
  },
  async fetch() {
    return chosen(await (await fetch(url, request)).json())
  },
  https() {
    return new Promise((resolve, reject) => {
      const asked = https.request(url, request, async (answer) => {
        let text = ''
        for await (const piece of answer.setEncoding('utf8')) text += piece
        try {
          resolve(chosen(JSON.parse(text)))
        } catch (e) {
          reject(e)
        }
      })
      asked.on('error', reject)
      asked.end(request.body)
    })
  },
}

const said = {}
try {
  said.answer = await clients[process.argv[2]]()
} catch (e) {
  const why = [e, e.cause, e.cause?.cause, e.lastError].filter(Boolean).map((e) => `${e.code ?? e.name}: ${e.message}`)
  said.error = why.join('; ')
}
console.log(JSON.stringify(said))
process.exit()
