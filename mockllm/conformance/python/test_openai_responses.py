import time

import mock
import openai
import pytest

ASK = {"model": "gpt-5.5", "input": mock.PROMPT}
TOOLS = [{"type": "function", "strict": True, **mock.TOOL}]


@pytest.fixture
def client(use):
    use("openai")
    return openai.OpenAI()


def call_of(answer):
    return next(item for item in answer.output if item.type == "function_call")


def test_json(client):
    answer = client.responses.create(**ASK)
    mock.whole(answer.output_text)
    assert answer.status == "completed"
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens


def test_stream(client):
    events = list(client.responses.create(**ASK, stream=True))
    assert [e.sequence_number for e in events] == list(range(len(events)))
    mock.whole("".join(e.delta for e in events if e.type == "response.output_text.delta"))
    assert events[-1].type == "response.completed"
    mock.whole(events[-1].response.output_text)


def test_count(client):
    counted = client.responses.input_tokens.count(**ASK).input_tokens
    assert counted == client.responses.create(**ASK).usage.input_tokens


def test_tools(client):
    call = call_of(client.responses.create(**ASK, tools=TOOLS))
    assert call.name == mock.TOOL["name"]
    mock.asked(call.arguments)


def test_tools_streamed(client):
    with client.responses.stream(**ASK, tools=[openai.pydantic_function_tool(mock.Weather, name="get_weather")]) as stream:
        call = call_of(stream.get_final_response())
    assert isinstance(call.parsed_arguments, mock.Weather)


def test_loop(client):
    first = client.responses.create(**ASK, tools=TOOLS)
    result = {"type": "function_call_output", "call_id": call_of(first).call_id, "output": "31 degrees"}
    kept = client.responses.create(model="gpt-5.5", tools=TOOLS, previous_response_id=first.id, input=[result])
    mock.whole(kept.output_text)
    history = [{"role": "user", "content": mock.PROMPT}, *first.output, result]
    mock.whole(client.responses.create(model="gpt-5.5", tools=TOOLS, input=history).output_text)


def test_structured(client):
    form = {"type": "json_schema", "name": "report", "strict": True, "schema": mock.SCHEMA}
    mock.reported(client.responses.create(**ASK, text={"format": form}).output_text)


def test_key(client):
    with pytest.raises(openai.AuthenticationError):
        client.with_options(api_key="sk-wrong").responses.create(**ASK)


# The Responses API words a model that is not there as a bad request.
def test_model(client):
    with pytest.raises(openai.BadRequestError) as e:
        client.responses.create(**ASK | {"model": "gpt-none"})
    assert e.value.code == "model_not_found"


def test_helper(client):
    with client.responses.stream(**ASK) as stream:
        deltas = [e.delta for e in stream if e.type == "response.output_text.delta"]
        mock.whole(stream.get_final_response().output_text)
    mock.whole("".join(deltas))


def test_parse(client):
    assert isinstance(client.responses.parse(**ASK, text_format=mock.Report).output_parsed, mock.Report)


def test_background(client):
    answer = client.responses.create(**ASK, background=True)
    while answer.status in ("queued", "in_progress"):
        time.sleep(0.05)
        answer = client.responses.retrieve(answer.id)
    mock.whole(answer.output_text)
    client.responses.delete(answer.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(answer.id)
    other = client.responses.create(**ASK, background=True)
    assert client.responses.cancel(other.id).status == "cancelled"
