"""A chat service with a second provider, as the documentation of LangChain shows it:
with_fallbacks, and everything else as it comes."""

import json

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_anthropic import ChatAnthropic
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_openai import ChatOpenAI
from pydantic import BaseModel

app = FastAPI()
prompt = ChatPromptTemplate.from_messages([("system", "You answer customers."), ("human", "{message}")])
model = ChatOpenAI(model="gpt-4o").with_fallbacks([ChatAnthropic(model="claude-sonnet-4-5")])
chain = prompt | model | StrOutputParser()


class Question(BaseModel):
    message: str


@app.post("/chat")
async def chat(question: Question) -> StreamingResponse:
    async def events():
        async for piece in chain.astream({"message": question.message}):
            if piece:
                yield "data: " + json.dumps({"delta": piece}) + "\n\n"
        yield 'data: {"done": true}\n\n'

    return StreamingResponse(events(), media_type="text/event-stream")


@app.post("/api")
async def api(question: Question) -> dict:
    return {"reply": await chain.ainvoke({"message": question.message})}


@app.get("/healthz")
async def healthz() -> dict:
    return {"ok": True}
