"""Gives a test the environment that an app would be given to find a mock provider."""

import importlib.util
import json
import os
import pathlib

import pytest

# LiteLLM brings along what it and LangChain would else ask the network for: prices,
# and the words of OpenAI's tokeniser.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
litellm = importlib.util.find_spec("litellm").submodule_search_locations[0]
os.environ["TIKTOKEN_CACHE_DIR"] = os.path.join(litellm, "litellm_core_utils", "tokenizers")


@pytest.fixture
def use(monkeypatch):
    """use(NAME) sets the variables of a provider, and returns what the ready file says of it."""

    def use(name):
        file = os.environ.get("BROWNOUT_READY")
        assert file, "BROWNOUT_READY names no ready file; start with ../run"
        provider = json.loads(pathlib.Path(file).read_text())["providers"][name]
        for variable, value in provider["env"].items():
            monkeypatch.setenv(variable, value)
        return provider

    return use
