#!/usr/bin/env python3
"""check_fixes.py DYNAMO_BINARY GOLDEN_DIR PAGES_DIR

Runs `graph validate --fix` on a copy of every input of the goldens, and of every wrong example of the pages that explain
the codes. A fix that is marked as certain must be made, or be told as not made; its diagnostic must be gone then, and
nothing new may be wrong but what the mistake had hidden, which is listed below by name. Files of `fixes/` must be as
their `.fixed` afterwards, byte for byte, and validate; those without one must be left alone."""

import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from goldens import inputs

# What shows itself only when something else is mended: the codes, for each input.
REVEALED = {
    "names/fail_resolve_kinds.yaml": {"DG0403"},
    "slots/fail_broken_slot_is_silent.yaml": {"DG0505"},
    "slots/fail_graphs_of_unresolved_ones.yaml": {"DG0401", "DG0404", "DG0602"},
}

wrong = []
made = collections.Counter()


def machine_fixes(answer):
    return [one for one in answer["diagnostics"]
            if any(fix["applicability"] == "machine" for fix in one["fixes"])]


def key(one):
    return one["code"], one["message"], next(span["file"] for span in one["spans"] if span["primary"])


def texts(folder):
    found = {}
    for base, _, files in os.walk(folder):
        for file in files:
            with open(os.path.join(base, file), "rb") as opened:
                found[os.path.relpath(os.path.join(base, file), folder)] = opened.read()
    return found


def check(name, folder, run):
    """`run` validates in JSON, with further options."""
    before = json.loads(run().stdout)
    kept = texts(folder)
    done = run("--fix")
    after = json.loads(done.stdout)
    told = done.stderr.decode("utf-8")
    fixed = re.findall(r"^fixed (?:.*): (DG\d{4}): ", told, re.M)
    made.update(fixed)
    files = {path for path, text in texts(folder).items() if kept[path] != text}
    complain = lambda what: wrong.append(f"{name}: {what}\n{told}")
    if bool(fixed) != bool(files):
        complain(f"told {len(fixed)} fixes, changed {files}")
    was, now = collections.Counter(map(key, before["diagnostics"])), collections.Counter(map(key, after["diagnostics"]))
    left_out = len(re.findall(r"^not fixed ", told, re.M))
    left = machine_fixes(after)
    if len(left) > left_out:
        complain(f"certain fixes were not made: {[key(one) for one in left]}")
    if not fixed:
        if files or before != after:
            complain("nothing was fixed, and yet something differs")
        return done
    mended = sum((was - now).values())
    if not mended:
        complain("no diagnostic is gone")
    new = {code for code, _, _ in now - was}
    if new != REVEALED.get(name, set()):
        complain(f"new: {sorted(now - was)}")
    again = run("--fix")
    if json.loads(again.stdout) != after or re.search(r"^fixed ", again.stderr.decode("utf-8"), re.M):
        complain("a second --fix finds something to do")
    return done


def check_goldens(binary, folder):
    for one in inputs(folder):
        if one.is_import:
            continue
        with tempfile.TemporaryDirectory() as copy:
            shutil.copytree(folder, os.path.join(copy, "golden"), ignore=shutil.ignore_patterns("*.stderr", "*.sarif"))
            inside = os.path.join(copy, "golden", os.path.relpath(one.folder, folder))
            name = os.path.relpath(one.path, folder)
            done = check(name, copy, lambda *options: one.run(binary, "json", *options, folder=inside))
            expected = os.path.splitext(one.path)[0] + ".fixed"
            if os.path.exists(expected):
                with open(expected, "rb") as file, open(os.path.join(inside, one.name), "rb") as result:
                    want, got = file.read(), result.read()
                if want != got:
                    wrong.append(f"{name}: is now\n{got.decode('utf-8')}")
                if done.returncode != 0:
                    wrong.append(f"{name}: does not validate afterwards: {done.stdout.decode('utf-8')}")
            elif name.startswith("fixes"):
                with open(one.path, "rb") as file, open(os.path.join(inside, one.name), "rb") as result:
                    if file.read() != result.read():
                        wrong.append(f"{name}: has no {os.path.basename(expected)}, and yet it was changed")


def pages(folder):
    """The wrong example of each page, as in page.h: its files and its arguments."""
    for page in sorted(os.listdir(folder)):
        if not re.fullmatch(r"DG\d{4}\.md", page):
            continue
        with open(os.path.join(folder, page), encoding="utf-8") as file:
            section = re.split(r"^## ", file.read(), flags=re.M)[1]
        if "<!-- command: import -->" in section:
            continue
        files, name, escaped, words, flags = {}, "graph.yaml", False, ["graph.yaml"], []
        for comment, block in re.findall(r"^<!-- (.*?) -->$|^```yaml\n(.*?)^```$", section, re.M | re.S):
            if comment.startswith("args: "):
                words = comment[6:].split()
            elif comment.startswith("flags: "):
                flags = comment[7:].split()
            elif comment.startswith("file "):
                name = comment[5:]
            elif comment == "bytes":
                escaped = True
            elif block:
                text = block.encode("utf-8")
                files[name] = text.decode("unicode_escape").encode("latin-1") if escaped else text
                escaped = False
        yield page, files, [*flags, *words]


def check_pages(binary, folder):
    for page, files, words in pages(folder):
        with tempfile.TemporaryDirectory() as copy:
            for name, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
                with open(os.path.join(copy, name), "wb") as file:
                    file.write(text)
            check(page, copy, lambda *options: subprocess.run(
                [binary, "graph", "validate", "--format", "json", *options, *words], cwd=copy,
                stdin=subprocess.DEVNULL, capture_output=True, timeout=60))


def main():
    binary, folder, page_folder = (os.path.abspath(word) for word in sys.argv[1:4])
    check_goldens(binary, folder)
    check_pages(binary, page_folder)
    print("\n".join(wrong))
    print("fixes made: " + ", ".join(f"{code} {count}" for code, count in sorted(made.items())))
    print(f"{sum(made.values())} fixes, {len(wrong)} mistakes")
    sys.exit(1 if wrong or not made else 0)


if __name__ == "__main__":
    main()
