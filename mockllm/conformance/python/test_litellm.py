import asyncio
import json

import litellm
import mock
import pytest

MESSAGES = [{"role": "user", "content": mock.PROMPT}]
TOOLS = [{"type": "function", "function": mock.TOOL}]
MODELS = {
    "openai": "openai/gpt-5.5",
    "azure": "azure/gpt-5.5",
    "anthropic": "anthropic/claude-haiku-4-5",
    "gemini": "gemini/gemini-2.5-flash",
}


@pytest.fixture(params=MODELS)
def ask(use, monkeypatch, request):
    """What is asked of one provider. LiteLLM has a name of its own for where Google is."""
    provider = use(request.param)
    monkeypatch.setenv("GEMINI_API_BASE", provider["url"])
    return {"model": MODELS[request.param], "messages": MESSAGES}


def test_json(ask):
    answer = litellm.completion(**ask)
    mock.whole(answer.choices[0].message.content)
    assert answer.usage.total_tokens > 0


def test_stream(ask):
    chunks = list(litellm.completion(**ask, stream=True))
    mock.whole("".join(c.choices[0].delta.content or "" for c in chunks))
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_async(ask):
    mock.whole(asyncio.run(litellm.acompletion(**ask)).choices[0].message.content)


def test_tools(ask):
    answer = litellm.completion(**ask, tools=TOOLS)
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == mock.TOOL["name"]
    mock.asked(call.function.arguments)


def test_tools_streamed(ask):
    chunks = list(litellm.completion(**ask, tools=TOOLS, stream=True))
    call = litellm.stream_chunk_builder(chunks, messages=MESSAGES).choices[0].message.tool_calls[0]
    mock.asked(call.function.arguments)


def test_loop(ask):
    message = litellm.completion(**ask, tools=TOOLS).choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "31 degrees"}
    answer = litellm.completion(**ask | {"messages": [*MESSAGES, message, result]}, tools=TOOLS)
    mock.whole(answer.choices[0].message.content)


@pytest.mark.parametrize("ask", ["openai", "azure", "gemini"], indirect=True)
def test_embed(ask):
    vendor, _, _ = ask["model"].partition("/")
    model, dimensions = ("gemini-embedding-001", 3072) if vendor == "gemini" else ("text-embedding-3-small", 1536)
    answer = litellm.embedding(model=f"{vendor}/{model}", input=["Lagos"])
    mock.unit(answer.data[0]["embedding"], dimensions)


def test_structured(ask):
    schema = {"name": "report", "strict": True, "schema": mock.SCHEMA}
    answer = litellm.completion(**ask, response_format={"type": "json_schema", "json_schema": schema})
    mock.Report.model_validate_json(answer.choices[0].message.content)


def test_parse(ask):
    answer = litellm.completion(**ask, response_format=mock.Report)
    mock.Report.model_validate(json.loads(answer.choices[0].message.content))


def test_key(ask):
    with pytest.raises(litellm.AuthenticationError):
        litellm.completion(**ask | {"api_key": "wrong"})


def test_model(ask):
    vendor, _, _ = ask["model"].partition("/")
    with pytest.raises(litellm.NotFoundError):
        litellm.completion(**ask | {"model": f"{vendor}/none"})


# LiteLLM puts the chunks together again.
def test_helper(ask):
    chunks = list(litellm.completion(**ask, stream=True, stream_options={"include_usage": True}))
    answer = litellm.stream_chunk_builder(chunks, messages=MESSAGES)
    mock.whole(answer.choices[0].message.content)
    assert answer.usage.total_tokens > 0
