import asyncio
import base64
import io
import json
import time

import mock
import openai
import pytest

MODEL = "gpt-5.5"
ASK = {"model": MODEL, "messages": [{"role": "user", "content": mock.PROMPT}]}
TOOLS = [{"type": "function", "function": mock.TOOL}]


@pytest.fixture
def client(use):
    use("openai")
    return openai.OpenAI()


def test_json(client):
    answer = client.chat.completions.create(**ASK)
    mock.whole(answer.choices[0].message.content)
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert answer._request_id.startswith("req_")


def test_stream(client):
    chunks = list(client.chat.completions.create(**ASK, stream=True, stream_options={"include_usage": True}))
    mock.whole("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.completion_tokens > 0


def test_async(client):
    async def both():
        async with openai.AsyncOpenAI() as client:
            answer = await client.chat.completions.create(**ASK)
            stream = await client.chat.completions.create(**ASK, stream=True)
            text = [c.choices[0].delta.content or "" async for c in stream]
            return answer.choices[0].message.content, "".join(text)

    for text in asyncio.run(both()):
        mock.whole(text)


def test_tools(client):
    answer = client.chat.completions.create(**ASK, tools=TOOLS)
    assert answer.choices[0].finish_reason == "tool_calls"
    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == mock.TOOL["name"]
    mock.asked(call.function.arguments)


def test_tools_streamed(client):
    with client.chat.completions.stream(**ASK, tools=[openai.pydantic_function_tool(mock.Weather, name="get_weather")]) as stream:
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    assert isinstance(call.function.parsed_arguments, mock.Weather)


def test_loop(client):
    message = client.chat.completions.create(**ASK, tools=TOOLS).choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "31 degrees"}
    answer = client.chat.completions.create(model=MODEL, messages=[*ASK["messages"], message, result], tools=TOOLS)
    mock.whole(answer.choices[0].message.content)


# The SDK asks for base64 by itself, and gives floats.
def test_embed(client):
    def embed(**more):
        answer = client.embeddings.create(model="text-embedding-3-small", input=["Lagos", "Accra"], **more)
        return [d.embedding for d in answer.data]

    vectors = embed()
    for vector, same in zip(vectors, embed(encoding_format="float"), strict=True):
        mock.unit(vector, 1536)
        assert vector == pytest.approx(same, abs=1e-6)
    assert vectors[0] != vectors[1]
    for vector in embed(dimensions=256):
        mock.unit(vector, 256)


def test_structured(client):
    schema = {"name": "report", "strict": True, "schema": mock.SCHEMA}
    answer = client.chat.completions.create(**ASK, response_format={"type": "json_schema", "json_schema": schema})
    mock.reported(answer.choices[0].message.content)
    messages = [{"role": "system", "content": "Answer in JSON."}, *ASK["messages"]]
    anything = client.chat.completions.create(model=MODEL, messages=messages, response_format={"type": "json_object"})
    assert isinstance(json.loads(anything.choices[0].message.content), dict)


def test_models(client):
    assert MODEL in [m.id for m in client.models.list()]
    assert client.models.retrieve(MODEL).id == MODEL


def test_key(client):
    stranger = client.with_options(api_key="sk-wrong")
    with pytest.raises(openai.AuthenticationError) as e:
        stranger.chat.completions.create(**ASK)
    assert e.value.code == "invalid_api_key"
    with pytest.raises(openai.AuthenticationError):
        stranger.models.list()


def test_model(client):
    with pytest.raises(openai.NotFoundError) as e:
        client.chat.completions.create(**ASK | {"model": "gpt-none"})
    assert e.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-none")


def test_helper(client):
    with client.chat.completions.stream(**ASK) as stream:
        deltas = [e.delta for e in stream if e.type == "content.delta"]
        mock.whole(stream.get_final_completion().choices[0].message.content)
    mock.whole("".join(deltas))


def test_parse(client):
    answer = client.chat.completions.parse(**ASK, response_format=mock.Report)
    assert isinstance(answer.choices[0].message.parsed, mock.Report)


# Asked to, the SDK holds every answer against its types.
def test_fields(client):
    strict = openai.OpenAI(_strict_response_validation=True)
    for check in test_json, test_stream, test_tools, test_tools_streamed, test_structured, test_models, test_choices:
        check(strict)
    for check in test_images, test_moderations, test_batches:
        check(strict)


def test_choices(client):
    answer = client.chat.completions.create(**ASK, n=2)
    assert [c.index for c in answer.choices] == [0, 1]
    texts = ["", ""]
    for chunk in client.chat.completions.create(**ASK, n=2, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    for text in [c.message.content for c in answer.choices] + texts:
        mock.whole(text)


def test_length(client):
    assert client.chat.completions.create(**ASK, max_completion_tokens=2).choices[0].finish_reason == "length"
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(**ASK, max_completion_tokens=2, response_format=mock.Report)


def test_picture(client):
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + mock.PNG}}
    content = [{"type": "text", "text": mock.PROMPT}, picture]
    answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": content}])
    mock.whole(answer.choices[0].message.content)


def test_completions(client):
    ask = {"model": "gpt-3.5-turbo-instruct", "prompt": mock.PROMPT, "max_tokens": 50}
    mock.whole(client.completions.create(**ask).choices[0].text.strip())
    stream = client.completions.create(**ask, stream=True)
    mock.whole("".join(c.choices[0].text for c in stream).strip())


def test_images(client):
    answer = client.images.generate(model="gpt-image-2", prompt=mock.PROMPT)
    assert base64.b64decode(answer.data[0].b64_json).startswith(b"\x89PNG")


def test_moderations(client):
    assert not client.moderations.create(input=mock.PROMPT).results[0].flagged


def test_batches(client):
    line = {"method": "POST", "url": "/v1/chat/completions", "body": ASK}
    lines = "\n".join(json.dumps({"custom_id": f"n{n}"} | line) for n in range(2))
    file = client.files.create(file=("in.jsonl", io.BytesIO(lines.encode())), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    while batch.status in ("validating", "in_progress", "finalizing"):
        time.sleep(0.2)
        batch = client.batches.retrieve(batch.id)
    assert batch.status == "completed"
    assert (batch.request_counts.total, batch.request_counts.completed) == (2, 2)
    answers = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
    assert sorted(a["custom_id"] for a in answers) == ["n0", "n1"]
    for answer in answers:
        mock.whole(answer["response"]["body"]["choices"][0]["message"]["content"])
