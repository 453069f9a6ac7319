#!/usr/bin/env python3
"""check_examples.py DYNAMO_BINARY PAGE.md...

Validates the examples of a page: every ```yaml block under a comment `<!-- check: NAME -->` is written as NAME, all of
one page into one folder (so they can import each other), and must be valid without a warning. `<!-- file NAME -->`
writes a block without checking it by itself, `<!-- flags: ... -->` adds flags to the call."""

import os
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"((?:<!-- .*? -->\n)+)```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def check(binary, page):
    """The number of examples, and what is wrong with them."""
    with open(page, encoding="utf-8") as file:
        text = file.read()
    calls, problems = [], []
    with tempfile.TemporaryDirectory() as folder:
        for comments, block in BLOCK.findall(text):
            notes = dict(re.match(r"(\w+):? ?(.*)", note).groups() for note in re.findall(r"<!-- (.*?) -->", comments))
            name = notes.get("check") or notes["file"]
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(block)
            if "check" in notes:
                calls.append((name, notes.get("flags", "").split()))
        for name, flags in calls:
            command = [binary, "graph", "validate", "--strict", "--format", "short", *flags, name]
            done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
            if done.returncode != 0:
                problems.append(f"{page}: {name}: status {done.returncode}\n{done.stderr}{done.stdout}")
    return len(calls), problems


def main():
    binary, pages = os.path.abspath(sys.argv[1]), sys.argv[2:]
    total, problems = 0, []
    for page in pages:
        count, wrong = check(binary, page)
        if count == 0:
            problems.append(f"{page}: no examples found")
        total += count
        problems += wrong
    print("\n".join([*problems, f"{total} examples, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
