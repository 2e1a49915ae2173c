"""The two providers, each as one call that yields an answer piece by piece and raises
when it is not whole. No call here retries, waits for longer than users do, or takes
silence for an answer."""

import asyncio
from collections.abc import AsyncIterator

import anthropic
import openai

FIRST_TOKEN = 1.2  # seconds from the request to the first piece
SILENCE = 1.5  # seconds between one piece and the next
CONNECT = 1.0


class Broken(Exception):
    """An answer that began well and is not whole."""


def clients() -> tuple[openai.AsyncOpenAI, anthropic.AsyncAnthropic]:
    """Clients that find their address and key in the environment. Retries are ours to
    decide: those of the SDKs would multiply with them, out of sight."""
    return (
        openai.AsyncOpenAI(max_retries=0, timeout=openai.Timeout(SILENCE, connect=CONNECT)),
        anthropic.AsyncAnthropic(max_retries=0, timeout=anthropic.Timeout(SILENCE, connect=CONNECT)),
    )


async def paced(pieces: AsyncIterator[str], until: float) -> AsyncIterator[str]:
    """The same pieces, or TimeoutError once none has come for too long, or when it is
    later than `until` on the loop's clock. The SDKs' timeouts see bytes: a comment or a
    ping every second keeps them content for ever. No timeout spans a `yield`: it would
    go off in whoever asked for the piece."""
    now = asyncio.get_running_loop().time
    patience = FIRST_TOKEN
    while True:
        try:
            async with asyncio.timeout_at(min(now() + patience, until)):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        yield piece
        patience = SILENCE


async def from_openai(client: openai.AsyncOpenAI, model: str, message: str) -> AsyncIterator[str]:
    stream = await client.chat.completions.create(
        model=model, messages=[{"role": "user", "content": message}], stream=True
    )
    finish = None
    async with stream:
        async for chunk in stream:
            for choice in chunk.choices:
                if choice.delta.content:
                    yield choice.delta.content
                finish = choice.finish_reason or finish
    if finish != "stop":  # None: the stream ended early, which the SDK does not mind
        raise Broken(f"OpenAI's answer ended with finish_reason {finish}")


async def from_anthropic(client: anthropic.AsyncAnthropic, model: str, message: str) -> AsyncIterator[str]:
    stream = await client.messages.create(
        model=model, max_tokens=1024, messages=[{"role": "user", "content": message}], stream=True
    )
    finish, stopped = None, False
    async with stream:
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                yield event.delta.text
            elif event.type == "message_delta":
                finish = event.delta.stop_reason
            elif event.type == "message_stop":
                stopped = True
    if finish != "end_turn" or not stopped:
        raise Broken(f"Anthropic's answer ended with stop_reason {finish}")
