"""What is anthropic's own: the clients, a streamed answer, and where it ends."""

import os

import anthropic as sdk


class CutOff(Exception):
    """A stream ended without the model's word that it was done."""


def client(provider):
    return sdk.Anthropic(
        base_url=os.environ.get(f"BROWNOUT_{provider}_URL", "http://unset"), api_key=os.environ.get(f"BROWNOUT_{provider}_KEY", "unset")
    )


def ask(client, question):
    return client.messages.create(
        model="model", max_tokens=1000, messages=[{"role": "user", "content": question}], stream=True
    )


def stream(client, question, user):
    """Streams a whole answer, or fails."""
    finish = None
    with ask(client, question) as events:
        for event in events:
            if event.type == "content_block_delta":
                user.say(event.delta.text)
            elif event.type == "message_delta":
                finish = event.delta.stop_reason
    if not finish:
        raise CutOff


def truncated_before(client, question, user):
    # [truncated_answer before]
    with ask(client, question) as events:
        for event in events:
            if event.type == "content_block_delta":
                user.say(event.delta.text)
    # [end]


def truncated_after(client, question, user):
    # [truncated_answer after]
    finish = None
    with ask(client, question) as events:
        for event in events:
            if event.type == "content_block_delta":
                user.say(event.delta.text)
            elif event.type == "message_delta":
                finish = event.delta.stop_reason
    if not finish:
        raise CutOff  # the SDK takes a stream that just ends for whole
    # [end]
