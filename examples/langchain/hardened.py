"""The same service after its first bad day. Whole answers still go by with_fallbacks,
with the models' own retries and patience cut short. Streams do not: with_fallbacks is
content with a model's first chunk, which comes before its first word, and what breaks
after it breaks for the user."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

FIRST_TOKEN = 1.2  # seconds from the request to the first word
SILENCE = 1.5  # seconds between one and the next
WHOLE = 2.0  # seconds for an answer that is not streamed
DEADLINE = 5.0  # seconds for all of a stream
ENDED = ("stop", "end_turn")  # what OpenAI and Anthropic say of an answer that is whole
SORRY = "I cannot look that up right now. Please ask again in a few minutes."

log = logging.getLogger("uvicorn.error")
app = FastAPI()
prompt = ChatPromptTemplate.from_messages([("system", "You answer customers."), ("human", "{message}")])


class Broken(Exception):
    """An answer that is not whole."""


# Without max_retries each model asks three times before the next is asked at all.
models = [
    ChatOpenAI(model="gpt-4o", max_retries=0, timeout=WHOLE),
    ChatAnthropic(model="claude-sonnet-4-5", max_retries=0, timeout=WHOLE),
]


class Question(BaseModel):
    message: str


def finish(message: BaseMessage) -> str | None:
    """Why the model stopped, in its vendor's word."""
    return message.response_metadata.get("finish_reason") or message.response_metadata.get("stop_reason")


def whole(message: BaseMessage) -> str:
    """The text of an answer that the model ended by itself."""
    if finish(message) not in ENDED:
        raise Broken(f"it ended with {finish(message)}")
    return message.text


async def sorry(_) -> None:
    return None


first, second = (prompt | model | RunnableLambda(whole) for model in models)
chain = first.with_fallbacks([second, RunnableLambda(sorry)])


async def streamed(model: BaseChatModel, message: str, until: float) -> AsyncIterator[str]:
    """The words of one model's answer. Raises when they do not come in time, or end
    before the model said that it was done. No timeout spans a `yield`: it would go off
    in whoever asked for the word."""
    now = asyncio.get_running_loop().time
    chunks = (prompt | model).astream({"message": message})
    ended, quiet_since, patience = None, now(), FIRST_TOKEN
    while True:
        try:
            async with asyncio.timeout_at(min(quiet_since + patience, until)):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            break
        ended = finish(chunk) or ended
        if chunk.text:
            yield chunk.text
            quiet_since, patience = now(), SILENCE
    if ended not in ENDED:
        raise Broken(f"it ended with {ended}")


async def answer(message: str) -> AsyncIterator[tuple[str, dict]]:
    """Events and their data: delta, and reset when what came so far is void."""
    until = asyncio.get_running_loop().time() + DEADLINE
    shown = False
    for model in models:
        try:
            async for text in streamed(model, message, until):
                shown = True
                yield "delta", {"delta": text}
            return
        except Exception as error:  # each vendor's SDK has its own, and httpx shows through
            log.warning("%s failed: %r", model.get_name(), error)
        if shown:
            shown = False
            yield "reset", {}
    yield "delta", {"delta": SORRY, "degraded": True}


@app.post("/chat")
async def chat(question: Question) -> StreamingResponse:
    async def events():
        async for name, data in answer(question.message):
            yield ("" if name == "delta" else f"event: {name}\n") + f"data: {json.dumps(data)}\n\n"
        yield 'data: {"done": true}\n\n'

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/api")
async def api(question: Question) -> dict:
    reply = await chain.ainvoke({"message": question.message})
    return {"reply": SORRY, "degraded": True} if reply is None else {"reply": reply}


@app.get("/healthz")
async def healthz() -> dict:
    return {"ok": True}
