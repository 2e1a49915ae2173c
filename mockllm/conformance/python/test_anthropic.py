import asyncio

import anthropic
import mock
import pytest

MODEL = "claude-haiku-4-5"
QUESTION = {"model": MODEL, "messages": [{"role": "user", "content": mock.PROMPT}]}
ASK = QUESTION | {"max_tokens": 1000}
TOOLS = [{"name": mock.TOOL["name"], "description": mock.TOOL["description"], "input_schema": mock.TOOL["parameters"]}]


@pytest.fixture
def client(use):
    use("anthropic")
    return anthropic.Anthropic()


def call_of(message):
    return next(block for block in message.content if block.type == "tool_use")


def test_json(client):
    answer = client.messages.create(**ASK)
    mock.whole(answer.content[0].text)
    assert answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens > 0 and answer.usage.output_tokens > 0
    assert answer._request_id.startswith("req_")


def test_stream(client):
    events = list(client.messages.create(**ASK, stream=True))
    mock.whole("".join(e.delta.text for e in events if e.type == "content_block_delta"))
    assert [events[0].type, events[-1].type] == ["message_start", "message_stop"]


def test_async(client):
    async def both():
        async with anthropic.AsyncAnthropic() as client:
            answer = await client.messages.create(**ASK)
            async with client.messages.stream(**ASK) as stream:
                return answer.content[0].text, await stream.get_final_text()

    for text in asyncio.run(both()):
        mock.whole(text)


def test_tools(client):
    answer = client.messages.create(**ASK, tools=TOOLS)
    assert answer.stop_reason == "tool_use"
    assert call_of(answer).name == mock.TOOL["name"]
    mock.asked(call_of(answer).input)


def test_tools_streamed(client):
    with client.messages.stream(**ASK, tools=TOOLS) as stream:
        mock.asked(call_of(stream.get_final_message()).input)


def test_loop(client):
    calls = []

    @anthropic.beta_tool
    def get_weather(city: str, unit: str) -> str:
        """The weather of a city."""
        calls.append(city)
        return "31 degrees"

    answer = client.beta.messages.tool_runner(**ASK, tools=[get_weather]).until_done()
    mock.whole(next(block.text for block in answer.content if block.type == "text"))
    assert len(calls) == 1


def test_structured(client):
    schema = anthropic.transform_schema(mock.Report)
    answer = client.messages.create(**ASK, output_config={"format": {"type": "json_schema", "schema": schema}})
    mock.reported(answer.content[0].text)


def test_models(client):
    ids = [m.id for m in client.models.list()]
    assert client.models.retrieve(MODEL).id in ids


def test_key(client):
    stranger = client.with_options(api_key="sk-ant-wrong")
    with pytest.raises(anthropic.AuthenticationError):
        stranger.messages.create(**ASK)
    with pytest.raises(anthropic.AuthenticationError):
        stranger.models.list()


def test_model(client):
    with pytest.raises(anthropic.NotFoundError) as e:
        client.messages.create(**ASK | {"model": "claude-none"})
    assert e.value.body["error"]["type"] == "not_found_error"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("claude-none")


def test_helper(client):
    with client.messages.stream(**ASK) as stream:
        deltas = list(stream.text_stream)
        mock.whole(stream.get_final_text())
    mock.whole("".join(deltas))


def test_parse(client):
    assert isinstance(client.messages.parse(**ASK, output_format=mock.Report).parsed_output, mock.Report)


def test_thinking(client):
    ask = ASK | {"max_tokens": 4000, "thinking": {"type": "enabled", "budget_tokens": 1024}}
    with client.messages.stream(**ask) as stream:
        streamed = stream.get_final_message()
    for answer in client.messages.create(**ask), streamed:
        thought, text = answer.content
        assert thought.type == "thinking" and thought.thinking and thought.signature
        mock.whole(text.text)


# Asked to, the SDK holds every answer against its types.
def test_fields(client):
    strict = anthropic.Anthropic(_strict_response_validation=True)
    for check in test_json, test_stream, test_tools, test_tools_streamed, test_structured, test_thinking, test_count:
        check(strict)


def test_length(client):
    assert client.messages.create(**ASK | {"max_tokens": 2}).stop_reason == "max_tokens"


def test_picture(client):
    source = {"type": "base64", "media_type": "image/png", "data": mock.PNG}
    content = [{"type": "text", "text": mock.PROMPT}, {"type": "image", "source": source}]
    answer = client.messages.create(**ASK | {"messages": [{"role": "user", "content": content}]})
    mock.whole(answer.content[0].text)


def test_count(client):
    assert client.messages.count_tokens(**QUESTION).input_tokens > 0
