import mock
import openai
import pytest

VERSION = "2024-10-21"
MODEL = "gpt-5.5"  # the SDK puts it into the path, as the deployment
ASK = {"model": MODEL, "messages": [{"role": "user", "content": mock.PROMPT}]}
TOOLS = [{"type": "function", "function": mock.TOOL}]


@pytest.fixture
def client(use):
    use("azure")
    return openai.AzureOpenAI(api_version=VERSION)


def test_json(client):
    answer = client.chat.completions.create(**ASK)
    mock.whole(answer.choices[0].message.content)
    assert not answer.choices[0].content_filter_results["hate"]["filtered"]
    assert not answer.prompt_filter_results[0]["content_filter_results"]["hate"]["filtered"]


def test_stream(client):
    chunks = list(client.chat.completions.create(**ASK, stream=True))
    assert chunks[0].choices == []
    mock.whole("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))


def test_tools(client):
    answer = client.chat.completions.create(**ASK, tools=TOOLS)
    mock.asked(answer.choices[0].message.tool_calls[0].function.arguments)


def test_tools_streamed(client):
    with client.chat.completions.stream(**ASK, tools=[openai.pydantic_function_tool(mock.Weather, name="get_weather")]) as stream:
        call = stream.get_final_completion().choices[0].message.tool_calls[0]
    assert isinstance(call.function.parsed_arguments, mock.Weather)


def test_loop(client):
    message = client.chat.completions.create(**ASK, tools=TOOLS).choices[0].message
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "31 degrees"}
    answer = client.chat.completions.create(model=MODEL, messages=[*ASK["messages"], message, result], tools=TOOLS)
    mock.whole(answer.choices[0].message.content)


def test_embed(client):
    answer = client.embeddings.create(model="text-embedding-3-small", input=mock.PROMPT)
    mock.unit(answer.data[0].embedding, 1536)


def test_structured(client):
    schema = {"name": "report", "strict": True, "schema": mock.SCHEMA}
    answer = client.chat.completions.create(**ASK, response_format={"type": "json_schema", "json_schema": schema})
    mock.reported(answer.choices[0].message.content)


def test_models(client):
    assert MODEL in [m.id for m in client.models.list()]


def test_key(client):
    stranger = openai.AzureOpenAI(api_version=VERSION, api_key="wrong")
    with pytest.raises(openai.AuthenticationError) as e:
        stranger.chat.completions.create(**ASK)
    assert e.value.code == "401"


def test_model(client):
    with pytest.raises(openai.NotFoundError) as e:
        client.chat.completions.create(**ASK | {"model": "gpt-none"})
    assert e.value.code == "DeploymentNotFound"


def test_helper(client):
    with client.chat.completions.stream(**ASK) as stream:
        mock.whole(stream.get_final_completion().choices[0].message.content)


def test_parse(client):
    answer = client.chat.completions.parse(**ASK, response_format=mock.Report)
    assert isinstance(answer.choices[0].message.parsed, mock.Report)


# A login of Entra comes as a bearer token instead of a key.
def test_bearer(client):
    token = client.api_key
    bearer = openai.AzureOpenAI(api_version=VERSION, azure_ad_token_provider=lambda: token)
    mock.whole(bearer.chat.completions.create(**ASK).choices[0].message.content)


# The v1 route of Azure is for the client of OpenAI itself.
def test_v1(use):
    provider = use("azure")
    client = openai.OpenAI(base_url=provider["url"] + "/openai/v1/", api_key=provider["env"]["AZURE_OPENAI_API_KEY"])
    mock.whole(client.chat.completions.create(**ASK).choices[0].message.content)
    mock.whole(client.responses.create(model=MODEL, input=mock.PROMPT).output_text)
    mock.unit(client.embeddings.create(model="text-embedding-3-small", input=mock.PROMPT).data[0].embedding, 1536)
