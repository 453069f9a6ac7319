#!/usr/bin/env python3
"""check_shown.py DYNAMO_BINARY ROOT [--accept]

Holds the pictures and outputs in the documentation to what the tool prints now. In every page below ROOT,

    <!-- plot: examples/llm/graph.yaml:fast_agg -->     stands above a ```mermaid block, which must be what
                                                        `dynamo graph plot` prints for these words;
    <!-- shown -->                                      stands above a block that begins with `$ dynamo ...` and goes on
                                                        with what that prints;
    <!-- drawn: examples/llm/graph.yaml:observed -->    stands above an image NAME.svg, beside which NAME.dot must be
                                                        what `dynamo graph plot -o dot` prints. The SVG itself depends
                                                        on the version of Graphviz.

    <!-- said: tests/golden/diagnostics/DG0501.stderr --> stands above a block that must be a part of that golden.

All but the last are run in ROOT. With --accept, what differs is written anew; SVG only where Graphviz is installed."""

import os
import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(r"(<!-- plot: ([^\n]+) -->\n```mermaid\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"(<!-- shown -->\n```\n\$ dynamo ([^\n]+)\n)(.*?)(^```$)", re.DOTALL | re.MULTILINE)
SAID = re.compile(r"<!-- said: ([^\n]+) -->\n```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
IMAGE = re.compile(r"<!-- drawn: ([^\n]+) -->\n!\[.*?\]\((.+?)\.svg\)")
MARKER = re.compile(r"^<!-- (?:plot: |drawn: |said: |shown -->)", re.MULTILINE)


def pages(root):
    for folder, below, files in os.walk(root):
        below[:] = [name for name in below if name not in ("build", ".git")]
        yield from (pathlib.Path(folder) / name for name in files if name.endswith(".md"))


def run(binary, root, words):
    """What `dynamo WORDS` prints; 1 is the status of a difference."""
    done = subprocess.run([binary, *words.split()], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60)
    if done.returncode > 1 or done.stderr:
        raise RuntimeError(f"`dynamo {words}`: status {done.returncode}\n{done.stderr}")
    return done.stdout


class Check:
    def __init__(self, binary, root, accept):
        self.binary, self.root, self.accept = binary, root, accept
        self.count, self.problems = 0, []

    def page(self, page):
        text = page.read_text(encoding="utf-8")
        blocks, images = [*BLOCK.finditer(text), *SHOWN.finditer(text)], list(IMAGE.finditer(text))
        said = list(SAID.finditer(text))
        found = len(blocks) + len(images) + len(said)
        self.count += found
        if len(MARKER.findall(text)) != found:
            self.problems.append(f"{page}: a marker without a block or an image under it")
        for block in blocks:
            words = block[2] if block.re is SHOWN else f"graph plot {block[2]}"
            drawn = run(self.binary, self.root, words)
            if drawn != block[3]:
                self.differs(page, words)
                text = text.replace(block[0], block[1] + drawn + block[4])
        for quote in said:
            if quote[2] not in (self.root / quote[1]).read_text(encoding="utf-8"):
                self.problems.append(f"{page}: {quote[1]} says something else now")
        if self.accept:
            page.write_text(text, encoding="utf-8")
        for image in images:
            self.image(page, image[1], page.parent / image[2])

    def image(self, page, words, stem):
        source, svg = stem.with_suffix(".dot"), stem.with_suffix(".svg")
        drawn = run(self.binary, self.root, f"graph plot {words} -o dot")
        if source.exists() and source.read_text(encoding="utf-8") == drawn and svg.exists():
            return
        self.differs(page, f"graph plot {words} ({svg.name})")
        if self.accept:
            source.write_text(drawn, encoding="utf-8")
            svg.write_text(run(self.binary, self.root, f"graph plot {words} -o svg"), encoding="utf-8")

    def differs(self, page, words):
        if not self.accept:
            self.problems.append(f"{page}: what `dynamo {words}` prints now is something else; see --accept")


def main():
    binary, root = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    check = Check(binary, root, sys.argv[3:] == ["--accept"])
    for page in pages(root):
        check.page(page)
    if check.count == 0:
        check.problems.append("nothing to check was found")
    print("\n".join([*check.problems, f"{check.count} places, {len(check.problems)} problems"]))
    sys.exit(1 if check.problems else 0)


if __name__ == "__main__":
    main()
