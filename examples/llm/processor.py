"""Processor, FastProcessor, SlowProcessor: from a request to tokens, and from the backend's tokens back to text.

A chat template turns messages into the text that the model goes on with, and begins the answer itself with the subject
of the question. FastProcessor looks at the last message only and splits it at spaces; SlowProcessor gives the whole
conversation, and its words draw the backend to the matter; Processor is in between.

Reads  DYNAMO_LISTEN_PROCESS   where to serve POST /process
       DYNAMO_CLIENT_BACKEND   the backend's replicas, balanced over in turn
       DYNAMO_CLIENT_GUARD     an optional client: empty, and not asked, where the graph has no guard
Takes  {"messages": [...]} or {"prompt": "..."}, with "max_tokens", "temperature", "seed"
Gives  {"text": "..."} per line, one for each token, then {"done": "stop" or "length", "usage": {...}}
"""
import argparse, json, re

import web
from tokens import tokenise
from worker import Client, serve

SMALL_WORDS = set("""a about all am an and any are as at be been by can could describe did do does explain for from had
    has have how i if in into is it its many me mean more much my not of on or our please say see should so some tell
    than that the their them there these they this to up us use was we were what when where which who why will with
    work would you your""".split())


class Processor(web.Handler):
    backend, guard = Client("backend"), Client("guard")

    def subject(self, messages):
        """What the last message is about: its last word that is not a small one."""
        words = re.findall(r"\w[\w-]*", messages[-1]["content"])
        return next((word for word in reversed(words) if word.lower() not in SMALL_WORDS), "answer")

    def template(self, messages):
        """The text that stands before the answer, and how the answer begins."""
        return messages[-1]["content"] + "\n", "The " + self.subject(messages)

    def tokenise(self, text):
        return tokenise(text)

    def process(self):
        job = self.json()
        before, lead = self.template(job["messages"]) if "messages" in job else (job["prompt"], "")
        if self.guard.urls():
            asked = [message["content"] for message in job.get("messages", [])] + [job.get("prompt", "")]
            verdict = next(self.guard.ask({"text": "\n".join(asked)}))
            if not verdict["allowed"]:
                raise web.Problem(400, f"the guard refuses this: {verdict['reason']}", code="content_filter")
        tokens = self.tokenise(before + lead)
        self.stream("application/x-ndjson",
                    (json.dumps(answer).encode() + b"\n" for answer in self.answer(job, tokens, lead)))

    def answer(self, job, tokens, lead):
        made = 0
        known = {key: job[key] for key in ("max_tokens", "temperature", "seed")}
        for piece in self.backend.ask({"tokens": tokens[-self.context:], **known}):
            if lead:
                yield {"text": lead.lstrip()}
                lead = ""
            if "token" in piece:
                made += 1
                web.count(tokens=1)
                yield {"text": piece["token"]}
        usage = {"prompt_tokens": len(tokens), "completion_tokens": made, "total_tokens": len(tokens) + made}
        self.note = f", {len(tokens)} tokens in, {made} out"
        yield {"done": piece["done"], "usage": usage}

    routes = {("POST", "/process"): process}


class FastProcessor(Processor):
    def template(self, messages):
        return "", "The " + self.subject(messages)

    def tokenise(self, text):
        return [" " + word for word in text.split()]  # quick and crude: signs stick to their words


class SlowProcessor(Processor):
    def template(self, messages):
        turns = "".join(f"{message['role']}: {message['content']}\n" for message in messages)
        return turns + "assistant:", " The " + self.subject(messages)


def run(kind, context):
    kind.context = context
    serve("process", kind)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("kind", choices=["Processor", "FastProcessor", "SlowProcessor"])
    options.add_argument("--context", type=int, default=16, help="how many tokens the backend gets to see")
    options = options.parse_args()
    run(globals()[options.kind], options.context)
