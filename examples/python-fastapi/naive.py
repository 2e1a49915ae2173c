"""A chat service as a first version of one is: one provider, the SDK as it comes, and
retries around it because once there was a 429."""

import json

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from openai import AsyncOpenAI
from pydantic import BaseModel
from tenacity import retry, stop_after_attempt, wait_fixed

app = FastAPI()
openai = AsyncOpenAI()  # finds OPENAI_BASE_URL and OPENAI_API_KEY; 600 s, and two retries of its own


class Question(BaseModel):
    message: str


@retry(stop=stop_after_attempt(3), wait=wait_fixed(0.2))
async def ask(message: str, model: str, stream: bool):
    return await openai.chat.completions.create(
        model=model, messages=[{"role": "user", "content": message}], stream=stream
    )


@app.post("/chat")
async def chat(question: Question) -> StreamingResponse:
    async def events():
        async for chunk in await ask(question.message, "gpt-4o", stream=True):
            if chunk.choices and chunk.choices[0].delta.content:
                yield "data: " + json.dumps({"delta": chunk.choices[0].delta.content}) + "\n\n"
        yield 'data: {"done": true}\n\n'

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/api")
async def api(question: Question) -> dict:
    completion = await ask(question.message, "gpt-4o-mini", stream=False)
    return {"reply": completion.choices[0].message.content}


@app.get("/healthz")
async def healthz() -> dict:
    return {"ok": True}
