import pathlib

import pytest

import brownout


@pytest.fixture
def drill(tmp_path, monkeypatch):
    """Mock providers, which the SDKs find in the environment."""
    scenario = pathlib.Path(__file__).with_name("outage.drill.yaml")
    with brownout.Drill(scenario, tmp_path) as drill:
        for name, value in drill.env.items():
            monkeypatch.setenv(name, value)
        yield drill
