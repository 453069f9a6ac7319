"""Frontend: the door of the service. It speaks the HTTP API of OpenAI, so that the clients made for that work here.

  GET  /v1/models, /v1/models/NAME
  POST /v1/chat/completions, /v1/completions      with "stream": true as server-sent events, one per token
  GET  /health   200, or 503 while no processor answers        GET /live   200 as long as this process serves

Reads  DYNAMO_LISTEN_CHAT       where to serve all of this
       DYNAMO_CLIENT_PROCESSOR  the processor's replicas

What it does not support it refuses with 400 (several choices, tools, log probabilities, ...); it ignores nothing that
would change the answer.
"""
import argparse, itertools, json, os, random, time

import web
from web import Problem
from worker import AWAY, Client, get, serve

# What this service cannot do, with the value that asks for nothing special.
FIXED = {"n": 1, "best_of": 1, "top_p": 1, "frequency_penalty": 0, "presence_penalty": 0, "logprobs": False,
         "top_logprobs": 0, "logit_bias": {}, "stop": [], "suffix": "", "echo": False, "tools": [], "functions": [],
         "response_format": {"type": "text"}}


def number(request, key, kinds, low, high, default):
    value = request.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        raise Problem(400, f"`{key}` must be a number from {low} to {high}", param=key)
    return value


def message(item, index):
    """One message of a conversation. Its content is a text, or a list of parts that are texts."""
    at = f"messages[{index}]"
    if not isinstance(item, dict) or item.get("role") not in ("system", "developer", "user", "assistant"):
        raise Problem(400, f"`{at}` needs a `role`: system, developer, user or assistant", param=at)
    content = item.get("content")
    if isinstance(content, list):
        if not all(isinstance(part, dict) and isinstance(part.get("text"), str) for part in content):
            raise Problem(400, f"`{at}` has a part that is not text", param=at)
        content = "".join(part["text"] for part in content)
    if not isinstance(content, str):
        raise Problem(400, f"`{at}` needs a `content` that is text", param=at)
    return {"role": item["role"], "content": content}


class Frontend(web.Handler):
    processor, born = Client("processor"), int(time.time())

    def models(self):
        self.reply({"object": "list", "data": [self.card()]})

    def one_model(self):
        self.reply(self.card())

    def card(self):
        return {"id": self.model, "object": "model", "created": self.born, "owned_by": "dynamo"}

    def health(self):
        for url in self.processor.urls():
            try:
                get(url, "/health")
                return self.reply({"status": "ok"})
            except AWAY:
                continue
        raise Problem(503, "no processor answers", "service_unavailable", code="unavailable", Retry_After="1")

    def complete(self):
        chat, request = "chat" in self.path, self.json()
        if request.get("model") not in (None, self.model):
            raise Problem(404, f"there is no model {request['model']!r}; /v1/models lists what there is", param="model",
                          code="model_not_found")
        for key, usual in FIXED.items():
            value = request.get(key)
            if value is not None and (value != usual or isinstance(value, bool) != isinstance(usual, bool)):
                raise Problem(400, f"`{key}` is not supported", param=key, code="unsupported_parameter")
        limit = "max_completion_tokens" if "max_completion_tokens" in request else "max_tokens"
        stream, options = request.get("stream") or False, request.get("stream_options") or {}
        if not isinstance(stream, bool) or not isinstance(options, dict):
            raise Problem(400, "`stream` must be true or false, and `stream_options` an object", param="stream")
        job = {"max_tokens": number(request, limit, int, 1, 2048, 64),
               "temperature": number(request, "temperature", (int, float), 0, 2, 0.7),
               "seed": number(request, "seed", int, -2**63, 2**63 - 1, random.getrandbits(32))}
        if chat:
            messages = request.get("messages")
            if not isinstance(messages, list) or not messages:
                raise Problem(400, "`messages` must be a list with at least one message", param="messages")
            job["messages"] = [message(item, index) for index, item in enumerate(messages)]
        else:
            prompt = request.get("prompt")
            job["prompt"] = prompt[0] if isinstance(prompt, list) and len(prompt) == 1 else prompt
            if not isinstance(job["prompt"], str):
                raise Problem(400, "`prompt` must be a text", param="prompt")

        head = {"id": ("chatcmpl-" if chat else "cmpl-") + os.urandom(12).hex(), "created": int(time.time()),
                "model": self.model, "object": "chat.completion" if chat else "text_completion"}
        answer = self.counted(self.processor.ask(job))
        if stream:
            events = self.events(head, answer, chat, options.get("include_usage", False))
            self.stream("text/event-stream; charset=utf-8", events)
        else:
            *pieces, last = answer
            text = "".join(piece["text"] for piece in pieces)
            said = {"message": {"role": "assistant", "content": text}} if chat else {"text": text}
            self.reply({**head, "choices": [{"index": 0, **said, "logprobs": None, "finish_reason": last["done"]}],
                        "usage": last["usage"]})

    def counted(self, answer):
        for piece in answer:
            if "done" in piece:
                web.count(tokens=piece["usage"]["completion_tokens"])
                self.note = f", {piece['usage']['completion_tokens']} tokens"
            yield piece

    def events(self, head, answer, chat, usage):
        """The answer as server-sent events. What goes wrong after the first one can only be said in the stream."""
        if chat:
            head["object"] = "chat.completion.chunk"

        def event(choice=None, **more):
            choices = [] if choice is None else [{"index": 0, "finish_reason": None, **choice}]
            return b"data: " + json.dumps({**head, "choices": choices, **more}).encode() + b"\n\n"

        first = next(answer)
        try:
            if chat:
                yield event({"delta": {"role": "assistant", "content": ""}})
            for piece in itertools.chain([first], answer):
                if "text" in piece:
                    yield event({"delta": {"content": piece["text"]}} if chat else {"text": piece["text"]})
                else:
                    yield event({**({"delta": {}} if chat else {"text": ""}), "finish_reason": piece["done"]})
                    if usage:
                        yield event(usage=piece["usage"])
        except Problem as problem:
            yield b"data: " + json.dumps(problem.body).encode() + b"\n\n"
        yield b"data: [DONE]\n\n"


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--model", default="docs", help="the name under which clients ask for the model")
    Frontend.model = options.parse_args().model
    Frontend.routes = {("GET", "/health"): Frontend.health, ("GET", "/v1/models"): Frontend.models,
                       ("GET", "/v1/models/" + Frontend.model): Frontend.one_model,
                       ("POST", "/v1/chat/completions"): Frontend.complete,
                       ("POST", "/v1/completions"): Frontend.complete}
    serve("chat", Frontend)
