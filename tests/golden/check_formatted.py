#!/usr/bin/env python3
"""check_formatted.py DYNAMO_BINARY GOLDEN_DIR

Formatting changes how a file looks, not what it means: what `graph list`, `show` and `plan` print for the inputs of the
goldens they must print for the same inputs after `graph fmt`, too. (What is said about places in the text may move.)"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile


PLACES = {"--origins", "--specs", "--components", "--interfaces"}


def run(binary, arguments, folder):
    return subprocess.run([binary, *arguments], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def main():
    binary, goldens = os.path.abspath(sys.argv[1]), sys.argv[2]
    problems, checked, changed = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "golden")
        shutil.copytree(goldens, copy)
        for path in sorted(glob.glob(os.path.join(copy, "*", "*.yaml")) + glob.glob(os.path.join(copy, "*", "*", "*.yaml"))):
            done = run(binary, ["graph", "fmt", path], folder)
            changed += done.stderr.endswith(": formatted\n")
            # Some inputs are no YAML.
            if done.returncode not in (0, 1):
                problems.append(f"{path}: status {done.returncode}\n{done.stderr}")
        for output in sorted(glob.glob(os.path.join(copy, "*", "ok_*.stdout"))):
            stem = output[: -len(".stdout")]
            path = stem + ".yaml" if os.path.exists(stem + ".yaml") else os.path.join(stem, "graph.yaml")
            if not os.path.exists(path):
                continue
            with open(path, encoding="utf-8") as file:
                words = re.search(r"^# ARGS: (.*)$", file.read(), re.MULTILINE).group(1).split()
            if words[:2] not in (["graph", "list"], ["graph", "show"], ["graph", "plan"]):
                continue
            if PLACES.intersection(words):
                continue  # what is printed has lines and columns, which formatting changes
            arguments = [word.replace("%s", os.path.basename(path)) for word in words]
            done = run(binary, arguments, os.path.dirname(path))
            with open(output, encoding="utf-8") as file:
                expected = file.read()
            checked += 1
            if done.stdout.replace(os.path.dirname(path), "DIR") != expected:
                problems.append(f"{' '.join(arguments)} in {stem}:\n{done.stdout}{done.stderr}instead of\n{expected}")
    if checked < 5 or changed < 20:
        problems.append("too few files were looked at")
    print("\n".join([*problems, f"{changed} files formatted, {checked} outputs compared, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
