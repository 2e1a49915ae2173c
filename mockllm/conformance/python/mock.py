"""What the mock providers are asked, and what a right answer looks like."""

import json
import math
from enum import Enum
from typing import Literal, Optional

from pydantic import BaseModel, ConfigDict

# The word by which the mock knows the question again, in its answer.
NONCE = "zijozasuvadakufipu"

PROMPT = f"What is the weather in Lagos? {NONCE}"

# The smallest PNG, for questions that come with a picture.
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

# Few words, so that each answer is soon there: the scenario has 12 for all models.
WORDS = 12


def whole(text):
    """Fails unless text is a complete answer to the prompt."""
    words = text.split(" ")
    assert words[1] == NONCE, text
    assert len(words) == WORDS, text


def unit(vector, dimensions):
    """Fails unless the vector has so many dimensions and length 1."""
    assert len(vector) == dimensions
    assert math.isclose(math.hypot(*vector), 1, abs_tol=1e-3)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Weather(Strict):
    """What the weather tool takes."""

    city: str
    unit: Literal["celsius", "fahrenheit"]


TOOL = {
    "name": "get_weather",
    "description": "The weather of a city",
    "parameters": Weather.model_json_schema(),
}


def asked(args):
    """Fails unless args are what the weather tool takes."""
    Weather.model_validate(json.loads(args) if isinstance(args, str) else args)


class Sky(str, Enum):
    clear = "clear"
    cloudy = "cloudy"
    rain = "rain"


class Hour(Strict):
    hour: int
    note: str


class Report(Strict):
    """A structured answer: every kind of value that schemas are usually made of, and a
    definition that is referred to."""

    city: str
    degrees: float
    sky: Sky
    storm: bool
    hours: list[Hour]
    warning: Optional[str]


SCHEMA = Report.model_json_schema()


def reported(text):
    """Fails unless text is a report that carries the nonce."""
    Report.model_validate_json(text)
    assert NONCE in text, text
