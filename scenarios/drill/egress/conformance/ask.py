"""Asks a provider at its own address with one client, and prints what came of it as JSON.

    python ask.py CLIENT
"""

import asyncio
import json
import os
import sys

MESSAGES = [{"role": "user", "content": "What is the weather in Lagos?"}]
OPENAI = "https://api.openai.com/v1/chat/completions"
BODY = {"model": "gpt-4o", "messages": MESSAGES}


def headers():
    return {"Authorization": "Bearer " + os.environ["OPENAI_API_KEY"], "Content-Type": "application/json"}


def chosen(answer):
    return answer["choices"][0]["message"]["content"]


def openai():
    import openai

    answer = openai.OpenAI(max_retries=0, timeout=10).chat.completions.create(**BODY)
    return answer.choices[0].message.content


def openai_async():
    import openai

    async def ask():
        async with openai.AsyncOpenAI(max_retries=0, timeout=10) as client:
            answer = await client.chat.completions.create(**BODY, stream=True)
            return "".join([c.choices[0].delta.content or "" async for c in answer if c.choices])

    return asyncio.run(ask())


def anthropic():
    import anthropic

    client = anthropic.Anthropic(max_retries=0, timeout=10)
    return client.messages.create(model="claude-haiku-4-5", max_tokens=50, messages=MESSAGES).content[0].text


def anthropic_async():
    import anthropic

    async def ask():
        async with anthropic.AsyncAnthropic(max_retries=0, timeout=10) as client:
            answer = await client.messages.create(model="claude-haiku-4-5", max_tokens=50, messages=MESSAGES)
            return answer.content[0].text

    return asyncio.run(ask())


def genai():
    from google import genai

    options = {"retry_options": {"attempts": 1}, "timeout": 10_000}
    client = genai.Client(http_options=options)
    return client.models.generate_content(model="gemini-2.5-flash", contents="Hello?").text


def genai_async():
    from google import genai

    async def ask():
        options = {"retry_options": {"attempts": 1}, "timeout": 10_000}
        client = genai.Client(http_options=options)
        return (await client.aio.models.generate_content(model="gemini-2.5-flash", contents="Hello?")).text

    return asyncio.run(ask())


def langchain():
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(model="gpt-4o", max_retries=0, timeout=10).invoke("Hello?").content


def litellm():
    import litellm

    return litellm.completion(**BODY, num_retries=0, timeout=10).choices[0].message.content


def litellm_async():
    import litellm

    answer = asyncio.run(litellm.acompletion(**BODY, num_retries=0, timeout=10))
    return answer.choices[0].message.content


def litellm_anthropic():
    import litellm

    answer = asyncio.run(litellm.acompletion(model="anthropic/claude-haiku-4-5", messages=MESSAGES, num_retries=0, timeout=10))
    return answer.choices[0].message.content


def boto3():
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 1}, connect_timeout=10)
    client = boto3.client("bedrock-runtime", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b", config=config)
    return str(client.converse(modelId="amazon.nova-lite-v1:0", messages=[{"role": "user", "content": [{"text": "Hello?"}]}]))


def httpx():
    import httpx

    return chosen(httpx.post(OPENAI, json=BODY, headers=headers(), timeout=10).raise_for_status().json())


def httpx_untrusting():
    """A client that is told to read nothing from the environment."""
    import ssl

    import httpx

    with httpx.Client(trust_env=False, timeout=10, verify=ssl.create_default_context()) as client:
        return chosen(client.post(OPENAI, json=BODY, headers=headers()).raise_for_status().json())


def requests():
    import requests

    answer = requests.post(OPENAI, json=BODY, headers=headers(), timeout=10)
    answer.raise_for_status()
    return chosen(answer.json())


def aiohttp():
    import aiohttp

    async def ask():
        async with aiohttp.ClientSession(raise_for_status=True, timeout=aiohttp.ClientTimeout(10)) as session:
            async with session.post(OPENAI, json=BODY, headers=headers()) as answer:
                return chosen(await answer.json())

    return asyncio.run(ask())


def urllib():
    import urllib.request

    request = urllib.request.Request(OPENAI, json.dumps(BODY).encode(), headers())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return chosen(json.load(answer))


def main():
    try:
        said = {"answer": globals()[sys.argv[1]]()}
    except Exception as e:
        said = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(said))


main()
