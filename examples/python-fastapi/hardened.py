"""The same service after its first bad day: a second provider, one retry where it can
help, deadlines that users would agree to, and a stream that says when it starts over."""

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator

import anthropic
import openai
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

import providers
from breaker import Breaker

ATTEMPTS = 2  # at the provider that is asked first; one more would only add to its load
LONGEST_WAIT = 0.5  # seconds that a retry may wait; asking the other provider is quicker
DEADLINE = 5.0  # seconds for all of it
SORRY = "I cannot look that up right now. Please ask again in a few minutes."

log = logging.getLogger("uvicorn.error")
app = FastAPI()
openai_client, anthropic_client = providers.clients()
breakers = {"openai": Breaker(), "anthropic": Breaker()}


class Question(BaseModel):
    message: str


def retry_after(error: BaseException) -> float | None:
    """What the provider asks for, in seconds; None if it says nothing."""
    if not isinstance(error, (openai.APIStatusError, anthropic.APIStatusError)):
        return None
    try:
        return float(error.response.headers["retry-after"])
    except (KeyError, ValueError):
        return None


def worth_a_retry(error: BaseException) -> bool:
    """A connection that broke, or a server that failed, may do better at once; a key
    that is refused does not, and a provider that wants to be left alone is."""
    if isinstance(error, (openai.APITimeoutError, anthropic.APITimeoutError)):
        return False  # a second wait as long as the first is more than users have
    if isinstance(error, (openai.APIConnectionError, anthropic.APIConnectionError)):
        return True
    if not isinstance(error, (openai.APIStatusError, anthropic.APIStatusError)):
        return False
    return error.status_code >= 500 and (retry_after(error) or 0) <= LONGEST_WAIT


def wait(state: RetryCallState) -> float:
    asked = retry_after(state.outcome.exception()) or 0
    return asked + random.uniform(0.1, LONGEST_WAIT)


async def begun(ask, until: float) -> tuple[str, AsyncIterator[str]]:
    """The first piece of a new answer, and the rest. One without a piece is broken."""
    rest = providers.paced(ask(), until)
    try:
        return await anext(rest), rest
    except StopAsyncIteration:
        raise providers.Broken("an empty answer") from None


async def tried(ask, until: float) -> AsyncIterator[str]:
    """The pieces of the first answer that begins. What has begun is not retried here:
    the user has seen it."""
    retrying = AsyncRetrying(
        stop=stop_after_attempt(ATTEMPTS), retry=retry_if_exception(worth_a_retry), wait=wait, reraise=True
    )
    first, rest = await retrying(begun, ask, until)
    yield first
    async for piece in rest:
        yield piece


async def answer(message: str, models: dict[str, str]) -> AsyncIterator[tuple[str, str]]:
    """Pairs of an event and its text: delta, reset when what came so far is void, and
    sorry when no provider is left."""
    ask = {
        "openai": lambda: providers.from_openai(openai_client, models["openai"], message),
        "anthropic": lambda: providers.from_anthropic(anthropic_client, models["anthropic"], message),
    }
    shown = False
    until = asyncio.get_running_loop().time() + DEADLINE
    for name, breaker in breakers.items():
        if not breaker.admits():
            continue
        tell = breaker.unknown
        try:
            async for piece in tried(ask[name], until):
                shown = True
                yield "delta", piece
            tell = breaker.good
            return
        except (openai.OpenAIError, anthropic.AnthropicError, TimeoutError, providers.Broken) as error:
            tell = breaker.bad
            log.warning("%s failed: %r", name, error)
        finally:
            tell()
        if shown:
            shown = False
            yield "reset", ""
    yield "sorry", SORRY


@app.post("/chat")
async def chat(question: Question) -> StreamingResponse:
    def event(name: str, data: dict) -> str:
        line = f"data: {json.dumps(data)}\n\n"
        return line if name == "delta" else f"event: {name}\n{line}"

    async def events():
        models = {"openai": "gpt-4o", "anthropic": "claude-sonnet-4-5"}
        async for kind, text in answer(question.message, models):
            if kind == "sorry":
                yield event("delta", {"delta": text, "degraded": True})
            else:
                yield event(kind, {"delta": text})
        yield event("delta", {"done": True})

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/api")
async def api(question: Question) -> dict:
    models = {"openai": "gpt-4o-mini", "anthropic": "claude-haiku-4-5"}
    reply = ""
    async for kind, text in answer(question.message, models):
        if kind == "sorry":
            return {"reply": text, "degraded": True}
        reply = "" if kind == "reset" else reply + text
    return {"reply": reply}


@app.get("/healthz")
async def healthz() -> dict:
    return {"ok": True}
