"""Asks the failing mock providers with the Python SDKs and prints what each SDK's caller
was left with: a JSON line for each cell of ../faults/table.json, or of those in the file
that is named. Start with ../run."""

import asyncio
import json
import os
import pathlib
import secrets
import sys
import time

import anthropic
import mock
import openai

TABLE = json.loads((pathlib.Path(__file__).parent.parent / "faults" / "table.json").read_text())
PROVIDERS = json.loads(pathlib.Path(os.environ["BROWNOUT_READY"]).read_text())["providers"]
TIMEOUT = TABLE["timeout_ms"] / 1000

# Cells are asked side by side, but few begin at once: a client that is busy with others
# would time out by itself. One that takes longer than this hangs, or sleeps between its
# attempts, and is no burden.
BEGINNERS = 4
BEGINNING = 0.5


class Reading:
    """What a caller knows so far; it stays when the call ends badly, or never."""

    def __init__(self):
        self.seen = {"text": ""}

    def add(self, text):
        self.seen["text"] += text or ""

    def ended(self, reason):
        if reason:
            self.seen["finish"] = reason

    def got(self, answer, text, reason):
        """Takes a whole answer, or says what came in its place."""
        if not isinstance(text, str):
            self.seen["returned"] = "a string" if isinstance(answer, str) else "an object without an answer"
        self.add(text)
        self.ended(reason)


class Chat:
    """The OpenAI SDK on the chat API."""

    client = openai.AsyncOpenAI(api_key="none", timeout=TIMEOUT)
    ask = {"model": "gpt-5.5", "messages": [{"role": "user", "content": mock.PROMPT}]}

    async def json(self, client, reading):
        answer = await client.chat.completions.create(**self.ask)
        choice = answer.choices[0] if getattr(answer, "choices", None) else None
        reading.got(answer, choice and choice.message.content, choice and choice.finish_reason)

    async def stream(self, client, reading):
        async for chunk in await client.chat.completions.create(**self.ask, stream=True):
            self.read(chunk, reading)

    async def helper(self, client, reading):
        async with client.chat.completions.stream(**self.ask) as stream:
            async for event in stream:
                if event.type == "chunk":
                    self.read(event.chunk, reading)
            await stream.get_final_completion()

    def read(self, chunk, reading):
        for choice in chunk.choices:
            reading.add(choice.delta and choice.delta.content)
            reading.ended(choice.finish_reason)


class Responses:
    """The OpenAI SDK on the Responses API."""

    client = Chat.client
    ask = {"model": "gpt-5.5", "input": mock.PROMPT}

    async def json(self, client, reading):
        answer = await client.responses.create(**self.ask)
        whole = getattr(answer, "output", None)
        reading.got(answer, whole and answer.output_text, whole and answer.status)

    async def stream(self, client, reading):
        async for event in await client.responses.create(**self.ask, stream=True):
            self.read(event, reading)

    async def helper(self, client, reading):
        async with client.responses.stream(**self.ask) as stream:
            async for event in stream:
                self.read(event, reading)
            await stream.get_final_response()

    def read(self, event, reading):
        if event.type == "response.output_text.delta":
            reading.add(event.delta)
        if event.type in ("response.completed", "response.incomplete", "response.failed", "error"):
            reading.ended(event.type)


class Messages:
    client = anthropic.AsyncAnthropic(api_key="none", timeout=TIMEOUT)
    ask = {"model": "claude-haiku-4-5", "max_tokens": 1000, "messages": [{"role": "user", "content": mock.PROMPT}]}

    async def json(self, client, reading):
        answer = await client.messages.create(**self.ask)
        whole = getattr(answer, "content", None)
        reading.got(answer, whole and "".join(block.text for block in whole), whole and answer.stop_reason)

    async def stream(self, client, reading):
        async for event in await client.messages.create(**self.ask, stream=True):
            self.read(event, reading)

    async def helper(self, client, reading):
        async with client.messages.stream(**self.ask) as stream:
            async for event in stream:
                self.read(event, reading)
            await stream.get_final_message()

    def read(self, event, reading):
        if event.type == "content_block_delta":
            reading.add(event.delta.text)
        if event.type == "message_delta":
            reading.ended(event.delta.stop_reason)


# How each column of the table asks.
COLUMNS = {
    "openai-python": Chat(),
    "openai-python responses": Responses(),
    "anthropic-python": Messages(),
}


def described(error):
    """What a caller can tell an error by."""
    kind = type(error)
    codes = (getattr(error, name, None) for name in ("code", "type"))
    return {
        "name": f"{kind.__module__.split('.')[0]}.{kind.__name__}",
        "status": getattr(error, "status_code", None),
        "code": next((code for code in codes if isinstance(code, str) and not code.isdigit()), None),
        "message": str(error),
    }


async def call(column, row):
    """Asks once, as a cell of the table wants it, and says what came of it."""
    about = TABLE["columns"][column]
    dialect = about["dialect"]
    provider = PROVIDERS[f"{dialect}-{row['name']}" if row.get("apart") else dialect]
    trace = secrets.token_hex(16)
    sdk = COLUMNS[column]
    client = sdk.client.with_options(
        base_url=provider["base_url"],
        api_key=f"sk-{row['name']}",
        default_headers={"traceparent": f"00-{trace}-{trace[:16]}-01"},
    )
    reading = Reading()
    began = time.monotonic()
    try:
        async with asyncio.timeout(about["hang_ms"] / 1000):
            await getattr(sdk, row["call"])(client, reading)
    except TimeoutError:
        reading.seen["hang"] = True
    except Exception as error:
        reading.seen["error"] = described(error)
    ms = round(1000 * (time.monotonic() - began))
    print(json.dumps({"column": column, "row": row["name"], "trace": trace, "ms": ms, **reading.seen}))


async def main():
    cells = [(column, row) for row in TABLE["rows"] for column in COLUMNS if column in row["cells"]]
    if sys.argv[1:]:
        wanted = json.loads(pathlib.Path(sys.argv[1]).read_text())
        cells = [(column, row) for column, row in cells if [row["name"], column] in wanted]

    # The first row is asked alone: an SDK's first call is its slowest.
    for cell in cells[: len(COLUMNS)]:
        await call(*cell)
    del cells[: len(COLUMNS)]

    async with asyncio.TaskGroup() as group:

        async def begin():
            while cells:
                await asyncio.wait([group.create_task(call(*cells.pop(0)))], timeout=BEGINNING)

        for _ in range(BEGINNERS):
            group.create_task(begin())


asyncio.run(main())
