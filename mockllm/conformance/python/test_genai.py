import asyncio
import base64

import mock
import openai
import pytest
from google import genai
from google.genai import errors, types

MODEL = "gemini-2.5-flash"
ASK = {"model": MODEL, "contents": mock.PROMPT}
FUNCTION = {"name": mock.TOOL["name"], "description": mock.TOOL["description"], "parameters_json_schema": mock.TOOL["parameters"]}
TOOLS = {"tools": [{"function_declarations": [FUNCTION]}]}


@pytest.fixture
def client(use):
    use("gemini")
    return genai.Client()


def test_json(client):
    answer = client.models.generate_content(**ASK)
    mock.whole(answer.text)
    assert answer.candidates[0].finish_reason == types.FinishReason.STOP
    usage = answer.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count


def test_stream(client):
    chunks = list(client.models.generate_content_stream(**ASK))
    mock.whole("".join(c.text or "" for c in chunks))
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP


def test_async(client):
    async def both():
        answer = await client.aio.models.generate_content(**ASK)
        text = [c.text or "" async for c in await client.aio.models.generate_content_stream(**ASK)]
        return answer.text, "".join(text)

    for text in asyncio.run(both()):
        mock.whole(text)


def test_tools(client):
    for more in {}, {"tool_config": {"function_calling_config": {"mode": "ANY"}}}:
        call = client.models.generate_content(**ASK, config=TOOLS | more).function_calls[0]
        assert call.name == mock.TOOL["name"]
        mock.asked(call.args)


def test_tools_streamed(client):
    chunks = client.models.generate_content_stream(**ASK, config=TOOLS)
    mock.asked(next(c.function_calls for c in chunks if c.function_calls)[0].args)


# The SDK calls the function and asks again, by itself.
def test_loop(client):
    calls = []

    def get_weather(city: str) -> str:
        """The weather of a city."""
        calls.append(city)
        return "31 degrees"

    mock.whole(client.models.generate_content(**ASK, config={"tools": [get_weather]}).text)
    assert len(calls) == 1


def test_embed(client):
    answer = client.models.embed_content(model="gemini-embedding-001", contents=["Lagos", "Accra"])
    for embedding in answer.embeddings:
        mock.unit(embedding.values, 3072)
    assert answer.embeddings[0] != answer.embeddings[1]
    small = client.models.embed_content(
        model="gemini-embedding-001", contents="Lagos", config={"output_dimensionality": 256}
    )
    assert len(small.embeddings[0].values) == 256


def test_structured(client):
    config = {"response_mime_type": "application/json", "response_json_schema": mock.SCHEMA}
    mock.reported(client.models.generate_content(**ASK, config=config).text)


def test_models(client):
    assert f"models/{MODEL}" in [m.name for m in client.models.list()]
    assert client.models.get(model=MODEL).name == f"models/{MODEL}"


# Google words a wrong key as a bad request.
def test_key(client):
    stranger = genai.Client(api_key="wrong")
    for call in stranger.models.generate_content, lambda **ask: list(stranger.models.generate_content_stream(**ask)):
        with pytest.raises(errors.ClientError, match="API key not valid") as e:
            call(**ASK)
        assert (e.value.code, e.value.status) == (400, "INVALID_ARGUMENT")


def test_model(client):
    for call in client.models.generate_content, lambda **ask: list(client.models.generate_content_stream(**ask)):
        with pytest.raises(errors.ClientError) as e:
            call(**ASK | {"model": "gemini-none"})
        assert (e.value.code, e.value.status) == (404, "NOT_FOUND")


def test_helper(client):
    chat = client.chats.create(model=MODEL)
    mock.whole("".join(c.text or "" for c in chat.send_message_stream(mock.PROMPT)))
    question, *answer = chat.get_history()
    assert question.role == "user"
    mock.whole("".join(part.text or "" for content in answer for part in content.parts))


# The SDK words the class as a schema of Google's own kind.
def test_parse(client):
    config = {"response_mime_type": "application/json", "response_schema": mock.Report}
    assert isinstance(client.models.generate_content(**ASK, config=config).parsed, mock.Report)


def test_length(client):
    answer = client.models.generate_content(**ASK, config={"max_output_tokens": 2})
    assert answer.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


def test_picture(client):
    picture = types.Part.from_bytes(data=base64.b64decode(mock.PNG), mime_type="image/png")
    mock.whole(client.models.generate_content(model=MODEL, contents=[mock.PROMPT, picture]).text)


def test_count(client):
    assert client.models.count_tokens(**ASK).total_tokens > 0


# What Google speaks to SDKs of OpenAI: its errors come in an array.
def test_compatible(use):
    provider = use("gemini")
    client = openai.OpenAI(base_url=provider["url"] + "/v1beta/openai/", api_key=provider["env"]["GEMINI_API_KEY"])
    ask = {"model": MODEL, "messages": [{"role": "user", "content": mock.PROMPT}]}
    mock.whole(client.chat.completions.create(**ask).choices[0].message.content)
    stream = client.chat.completions.create(**ask, stream=True)
    mock.whole("".join(c.choices[0].delta.content or "" for c in stream if c.choices))
    mock.unit(client.embeddings.create(model="gemini-embedding-001", input=mock.PROMPT).data[0].embedding, 3072)
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(**ask | {"model": "gemini-none"})
