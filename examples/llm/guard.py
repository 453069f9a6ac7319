"""Guard: an optional part of the service. Says whether a text may be answered.

The processors declare `guard: optional AbstractGuard`. In a graph without a guard their variable DYNAMO_CLIENT_GUARD
is empty and they never ask; in `guarded_agg` they ask before every answer.

Reads  DYNAMO_LISTEN_CHECK   where to serve POST /check
Takes  {"text": "..."}       Gives {"allowed": true or false, "reason": "..."}
"""
import argparse, re

import web
from worker import serve


class Guard(web.Handler):
    def check(self):
        text = self.json().get("text")
        if not isinstance(text, str):
            raise web.Problem(400, "`text` must be a text", param="text")
        found = sorted(self.words & set(re.findall(r"\w+", text.lower())))
        reason = f"it contains `{found[0]}`" if found else ""
        self.note = f", refused: {reason}" if found else ", allowed"
        self.reply({"allowed": not found, "reason": reason})

    routes = {("POST", "/check"): check}


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--words", default="", help="words that are refused, separated by commas")
    Guard.words = {word.strip().lower() for word in options.parse_args().words.split(",")}
    serve("check", Guard)
