#!/usr/bin/env python3
"""Asks the service a question and shows the answer token by token, as it comes:

    python3 examples/llm/ask.py "What does the planner do?"
    python3 examples/llm/ask.py --url http://127.0.0.1:8001 --seed 7 --max-tokens 100 "What is a slot?"
"""
import argparse, http.client, json, sys
from urllib.parse import urlsplit


class Refused(Exception):
    """The service has answered, but with an error."""


def ask(url, question, **settings):
    """Yields the pieces of the answer. The service is asked as any server with OpenAI's API would be."""
    body = json.dumps({"messages": [{"role": "user", "content": question}], "stream": True, **settings}).encode()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    if response.status != 200:
        raise Refused(f"{response.status}, {json.loads(response.read())['error']['message']}")
    for line in response:
        if not line.startswith(b"data: {"):
            continue  # the empty line between two events, and `data: [DONE]`
        event = json.loads(line[len(b"data: "):])
        if "error" in event:
            raise Refused(event["error"]["message"])
        for choice in event["choices"]:
            yield choice["delta"].get("content", "")


def main():
    options = argparse.ArgumentParser(description="Asks the service a question and streams the answer.")
    options.add_argument("question", nargs="?", default="What is a graph?")
    options.add_argument("--url", default="http://127.0.0.1:8000")
    options.add_argument("--max-tokens", type=int, default=64)
    options.add_argument("--temperature", type=float, default=0.7)
    options.add_argument("--seed", type=int, help="the same seed gives the same answer")
    options = options.parse_args()
    settings = {"max_tokens": options.max_tokens, "temperature": options.temperature, "seed": options.seed}
    try:
        for piece in ask(options.url, options.question, **settings):
            print(piece, end="", flush=True)
        print()
    except Refused as error:
        sys.exit(f"{options.url} answers: {error}")
    except (OSError, http.client.HTTPException) as error:
        sys.exit(f"{options.url} does not answer: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
