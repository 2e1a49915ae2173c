"""What is openai's own: the clients, a streamed answer, and where it ends."""

import os

import openai as sdk


class CutOff(Exception):
    """A stream ended without the model's word that it was done."""


def client(provider):
    return sdk.OpenAI(
        base_url=os.environ.get(f"BROWNOUT_{provider}_URL", "http://unset") + "/v1", api_key=os.environ.get(f"BROWNOUT_{provider}_KEY", "unset")
    )


def ask(client, question):
    return client.chat.completions.create(
        model="model", messages=[{"role": "user", "content": question}], stream=True
    )


def stream(client, question, user):
    """Streams a whole answer, or fails."""
    finish = None
    with ask(client, question) as chunks:
        for chunk in chunks:
            for choice in chunk.choices:
                user.say(choice.delta.content)
                finish = choice.finish_reason or finish
    if not finish:
        raise CutOff


def truncated_before(client, question, user):
    # [truncated_answer before]
    with ask(client, question) as chunks:
        for chunk in chunks:
            for choice in chunk.choices:
                user.say(choice.delta.content)
    # [end]


def truncated_after(client, question, user):
    # [truncated_answer after]
    finish = None
    with ask(client, question) as chunks:
        for chunk in chunks:
            for choice in chunk.choices:
                user.say(choice.delta.content)
                finish = choice.finish_reason or finish
    if not finish:
        raise CutOff  # the SDK takes a stream that just ends for whole
    # [end]
