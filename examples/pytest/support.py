"""The code under test: an answer from OpenAI, or from Anthropic when that fails."""

import anthropic
import openai


class Support:
    def __init__(self):
        self.openai = openai.OpenAI(max_retries=0, timeout=3)
        self.anthropic = anthropic.Anthropic(max_retries=1, timeout=3)

    def reply(self, question: str) -> str:
        messages = [{"role": "user", "content": question}]
        try:
            completion = self.openai.chat.completions.create(model="gpt-4o", messages=messages)
            if completion.choices[0].finish_reason == "stop":
                return completion.choices[0].message.content
        except openai.OpenAIError:
            pass
        message = self.anthropic.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=messages)
        return message.content[0].text
