#!/usr/bin/env python3
"""check_places.py DYNAMO_BINARY GOLDEN_DIR [PART_OF_A_NAME]

The goldens hold what the binary says; this holds it to what the language reference asks for. The last line of an input,

    # EXPECT: DG0401 4:39, DG0605 ../parts/other.yaml 4:62, DG0802 command line 2:1, DG0412 command line 1:NAME, DG0001 ?

names the code and the start of the primary span of every diagnostic, worked out by hand from the rules: `nothing` for
none, `?` where the place is free, `NAME` for the column of NAME in the target. Whatever an input runs, here it is
validated, with its target, overrides and flags."""

import glob
import json
import os
import re
import subprocess
import sys

OF_OTHERS = {"-o", "--origins", "--specs", "--components", "--interfaces"}  # options that `validate` has not
EXPECTED = re.compile(r"(DG\d{4}) (?:(\?)|(?:(.+) )?(\d+):(\d+|NAME))")


def expected(line, name, target):
    places = []
    for item in [] if line == "nothing" else line.split(", "):
        code, free, file, row, column = EXPECTED.fullmatch(item).groups()
        if free:
            places.append((code, name, None, None))
        elif column == "NAME":
            places.append((code, file, int(row), target.index(":") + 2))
        else:
            places.append((code, file or name, int(row), int(column)))
    return places


def arguments(words):
    """Of `validate`, for an input that runs `show`, `list` or `plan`."""
    kept = [words[at] for at in range(2, len(words)) if words[at] not in OF_OTHERS and words[at - 1] != "-o"]
    return ["graph", "validate", "--format", "json", *kept]


def check(binary, path):
    """What differs in one input, as text."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    name = os.path.basename(path)
    words = lines[0].removeprefix("# ARGS: ").replace("%s", name).split()
    target = next((word for word in words if word.startswith(name)), name)
    want = expected(lines[-1].removeprefix("# EXPECT: "), name, target)
    environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
    done = subprocess.run([binary, *arguments(words)], cwd=os.path.dirname(path), env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        return f"status {done.returncode}, no JSON: {done.stdout[:200]}{done.stderr[:400]}"
    got = []
    for found in answer["diagnostics"]:
        span = next(span for span in found["spans"] if span["primary"])
        got.append((found["code"], span["file"], span["start"]["line"], span["start"]["column"]))
    missing = []
    for place in want:
        match = next((one for one in got if one == place or (place[2] is None and one[0] == place[0])), None)
        if match is None:
            missing.append(place)
        else:
            got.remove(match)
    show = lambda places: ", ".join(f"{code} {file} {row}:{column}" for code, file, row, column in places) or "-"
    return f"missing {show(missing)}; unexpected {show(got)}" if missing or got else None


def main():
    binary, folder, part = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), "".join(sys.argv[3:4])
    count, wrong = 0, 0
    for path in sorted(glob.glob(os.path.join(folder, "*", "*.yaml")) + glob.glob(os.path.join(folder, "*", "*", "graph.yaml"))):
        with open(path, encoding="utf-8", errors="replace") as file:
            has_expectation = "\n# EXPECT: " in file.read()
        if not has_expectation or part not in path:
            continue
        count += 1
        difference = check(binary, path)
        if difference:
            wrong += 1
            print(f"{os.path.relpath(path, folder)}: {difference}")
    print(f"{count} inputs, {wrong} differ")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
