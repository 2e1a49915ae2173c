import mock
import openai
import pytest
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from langchain_openai import AzureChatOpenAI, AzureOpenAIEmbeddings, ChatOpenAI, OpenAIEmbeddings

VERSION = "2024-10-21"


@tool(mock.TOOL["name"], args_schema=mock.Weather)
def get_weather(city, unit):
    """The weather of a city."""
    return "31 degrees"


@pytest.fixture(params=["openai", "responses", "azure"])
def chat(use, request):
    """Makes a client; more are its fields."""
    use("azure" if request.param == "azure" else "openai")

    def chat(model="gpt-5.5", **more):
        match request.param:
            case "openai":
                return ChatOpenAI(model=model, **more)
            case "responses":
                return ChatOpenAI(model=model, use_responses_api=True, **more)
            case "azure":
                return AzureChatOpenAI(azure_deployment=model, api_version=VERSION, **more)

    return chat


def test_json(chat):
    answer = chat().invoke(mock.PROMPT)
    mock.whole(answer.text)
    assert answer.usage_metadata["total_tokens"] > 0


def test_stream(chat):
    mock.whole("".join(chunk.text for chunk in chat().stream(mock.PROMPT)))


def test_tools(chat):
    (call,) = chat().bind_tools([get_weather]).invoke(mock.PROMPT).tool_calls
    assert call["name"] == mock.TOOL["name"]
    mock.asked(call["args"])


def test_tools_streamed(chat):
    first, *rest = chat().bind_tools([get_weather]).stream(mock.PROMPT)
    for chunk in rest:
        first += chunk
    mock.asked(first.tool_calls[0]["args"])


def test_loop(chat):
    bound = chat().bind_tools([get_weather])
    question = HumanMessage(mock.PROMPT)
    first = bound.invoke([question])
    result = get_weather.invoke(first.tool_calls[0])
    mock.whole(bound.invoke([question, first, result]).text)


@pytest.mark.parametrize("name", ["openai", "azure"])
def test_embed(use, name):
    use(name)
    if name == "openai":
        embeddings = OpenAIEmbeddings(model="text-embedding-3-small")
    else:
        embeddings = AzureOpenAIEmbeddings(azure_deployment="text-embedding-3-small", api_version=VERSION)
    for vector in embeddings.embed_documents(["Lagos", "Accra"]):
        mock.unit(vector, 1536)


def test_structured(chat):
    structured = chat().with_structured_output(mock.Report, method="json_schema")
    assert isinstance(structured.invoke(mock.PROMPT), mock.Report)


def test_parse(chat):
    structured = chat().with_structured_output(mock.Report, method="function_calling")
    assert isinstance(structured.invoke(mock.PROMPT), mock.Report)


def test_key(chat):
    with pytest.raises(openai.AuthenticationError):
        chat(api_key="wrong").invoke(mock.PROMPT)


def test_model(chat):
    with pytest.raises(openai.APIStatusError) as e:
        chat("gpt-none").invoke(mock.PROMPT)
    assert e.value.code in ("model_not_found", "DeploymentNotFound")
