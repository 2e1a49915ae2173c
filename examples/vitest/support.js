// The code under test: an answer from OpenAI, or from Anthropic when that fails.

import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'

export class Support {
  #openai = new OpenAI({ maxRetries: 0, timeout: 3_000 })
  #anthropic = new Anthropic({ maxRetries: 1, timeout: 3_000 })

  async reply(question) {
    const messages = [{ role: 'user', content: question }]
    try {
      const { choices } = await this.#openai.chat.completions.create({ model: 'gpt-4o', messages })
      if (choices[0].finish_reason === 'stop') return choices[0].message.content
    } catch (error) {
      if (!(error instanceof OpenAI.OpenAIError)) throw error
    }
    const { content } = await this.#anthropic.messages.create({ model: 'claude-haiku-4-5', max_tokens: 1024, messages })
    return content[0].text
  }
}
