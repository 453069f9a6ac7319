"""Backend, FastBackend, SlowBackend, FdBackend: a statistical language model behind an HTTP endpoint.

Trained at start, in a moment, on the documentation that it finds: n-grams with back-off. The next token is put to the
vote by every place of the text that stands after the same word; a place whose words before that match, too, counts
forty times as much for each of them. So the longest match decides where there is one, and shorter ones where there is
none. `--order` is how many words in a row it looks at, the new one included: more read better. `--pace` is a pause
after each token, so that a small model takes its time like a large one.

Reads  DYNAMO_LISTEN_GENERATE  where to serve POST /generate (or the inherited socket `generate`, for FdBackend)
       NOTIFY_SOCKET           to say that training is over
Takes  {"tokens": [...], "max_tokens": N, "temperature": T, "seed": N}
Gives  {"token": "..."} per line, each as it is drawn, then {"done": "stop" or "length"}. The same seed gives the same.
"""
import argparse, itertools, json, random, re, time
from pathlib import Path

import web
from tokens import key, tokenise
from worker import serve, seconds

HERE = Path(__file__).resolve().parent
END = (".", "!", "?", ":", "\n")


class Model:
    def __init__(self, text, order):
        self.order, self.tokens = order, ["\n"] + tokenise(text)
        self.keys = [key(token) for token in self.tokens]
        self.after = {}  # word -> the places that stand right after it
        for place, word in enumerate(self.keys[:-1], start=1):
            self.after.setdefault(word, []).append(place)

    def draw(self, context, temperature, generator, topic, early):
        """The next token after `context`, which is a list of keys. No end of a sentence while it is too early."""
        votes = {}
        for place in self.after[context[-1] if context else "\n"]:
            depth, most = 1, min(self.order - 1, len(context), place)
            while depth < most and self.keys[place - 1 - depth] == context[-1 - depth]:
                depth += 1
            token = self.tokens[place]
            weight = 40 ** depth * (3 if self.keys[place] in topic else 1)
            votes[token] = votes.get(token, 0) + weight
        if early:
            votes = {token: vote for token, vote in votes.items() if token not in END} or votes
        if temperature == 0:
            return max(votes, key=votes.get)
        top = max(votes.values())  # keeps the powers below from overflowing
        return generator.choices(list(votes), [(vote / top) ** (1 / temperature) for vote in votes.values()])[0]

    def generate(self, prompt, temperature, seed):
        generator, context = random.Random(seed), [key(token) for token in prompt]
        topic = {word for word in context if len(word) > 3} if self.order > 3 else ()
        while context and context[-1] not in self.after:
            context.pop()  # never seen: back off to the word before
        for made in itertools.count():
            token = self.draw(context, temperature, generator, topic, made < 6)
            context.append(key(token))
            yield token


def prose(markdown):
    """The paragraphs of a text that read as sentences: no code, no tables, no headings."""
    markdown = re.sub(r"```.*?```|<!--.*?-->", "\n\n", markdown, flags=re.DOTALL)
    markdown = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", markdown).replace("**", "")
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*#|>]|\d+\.) )", markdown):
        paragraph = " ".join(re.sub(r"^\s*(?:[-*>]|\d+\.) ", "", paragraph).split())
        signs = len(re.findall(r"[^\w\s.,'`]", paragraph))
        if paragraph[:1] not in "#|" and paragraph.count(" ") > max(4, 3 * signs) and paragraph[-1] in ".!?":
            yield paragraph + "\n"


def documentation(folder):
    """Text to learn from: README.md and docs/ of the folder, or all its texts if it has no docs/."""
    files = [folder / "README.md", *sorted((folder / "docs").rglob("*.md"))]
    if not (folder / "docs").is_dir():
        files = sorted(file for file in folder.rglob("*") if file.suffix in (".md", ".txt", ".rst"))
    return [text for file in files if file.is_file() for text in prose(file.read_text(errors="replace"))]


def own_sources():
    strings = re.findall('"""(.*?)"""', "".join(file.read_text() for file in sorted(HERE.glob("*.py"))), re.DOTALL)
    return [text for string in strings for text in prose(string)]


class Backend(web.Handler):
    def generate(self):
        job = self.json()
        for wanted in ("tokens", "max_tokens", "temperature", "seed"):
            if wanted not in job:
                raise web.Problem(400, f"`{wanted}` is missing", param=wanted)
        self.stream("application/x-ndjson", (json.dumps(answer).encode() + b"\n" for answer in self.answer(job)))

    def answer(self, job):
        began, made = time.monotonic(), 0
        for token in self.model.generate(job["tokens"], job["temperature"], job["seed"]):
            if token == "\n" and made:  # the end of a paragraph is the end of an answer
                break
            if token != "\n":
                made += 1
                web.count(tokens=1)
                yield {"token": token}
                time.sleep(self.pace)
            if made >= job["max_tokens"]:
                break
        self.note = f", {made} tokens, {made / max(time.monotonic() - began, 1e-6):.0f} tokens/s"
        yield {"done": "length" if made >= job["max_tokens"] else "stop"}

    routes = {("POST", "/generate"): generate}


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--corpus", default=HERE.parent.parent, type=Path, help="folder with the texts to learn from")
    options.add_argument("--order", default=4, type=int, help="how many words in a row it looks at")
    options.add_argument("--pace", default="0s", help="pause after each token, for instance 5ms")
    options = options.parse_args()

    began, paragraphs = time.monotonic(), documentation(options.corpus)
    words = sum(text.count(" ") + 1 for text in paragraphs)
    if words < 2000:
        web.log(f"{options.corpus} has only {words} words of documentation: learning from this program's own, too")
        paragraphs += documentation(HERE) + own_sources()
    Backend.model = Model("".join(paragraphs), max(options.order, 2))
    Backend.pace = seconds(options.pace)
    web.log(f"learned {len(Backend.model.tokens)} tokens in {time.monotonic() - began:.2f} s, order {options.order}")
    serve("generate", Backend)


if __name__ == "__main__":
    main()
