#!/usr/bin/env python3
"""check_formats.py DYNAMO_BINARY GOLDEN_DIR

Every form of the diagnostics tells the same: for each input of the goldens the same codes at the same places and the same
exit code, whatever --format says. And --strict and --max-errors do in each form what they promise."""

import json
import os
import re
import sys
import tempfile

from goldens import FORMATS, Input, inputs

wrong = []


def expect(holds, where, what):
    if not holds:
        wrong.append(f"{where}: {what}")


def unescaped(text):
    return (text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%"))


def from_human(text):
    """`-->` names the place of the head above it, perhaps with a graph behind; a diagnostic without a file has none."""
    found = []
    for line in text.splitlines():
        if head := re.match(r"(error|warning)\[(DG\d{4})\]: ", line):
            found.append((head[2], None))
        elif (place := re.match(r" *--> (.*:\d+:\d+)", line)) and found and found[-1][1] is None:
            found[-1] = (found[-1][0], place[1])
    return found


def from_short(text):
    return [(line[2], line[1]) for line in re.finditer(r"^(.+:\d+:\d+): (?:error|warning)\[(DG\d{4})\]: ", text, re.M)]


def from_json(text):
    found = []
    for one in json.loads(text)["diagnostics"]:
        span = next(span for span in one["spans"] if span["primary"])
        found.append((one["code"], f"{span['file']}:{span['start']['line']}:{span['start']['column']}"))
    return found


def from_sarif(text):
    run = json.loads(text)["runs"][0]
    found = []
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        artifact = place["artifactLocation"]
        name = artifact.get("uri") or run["artifacts"][artifact["index"]]["description"]["text"]
        name = "-" if name == "standard input" else name.replace("%20", " ")
        found.append((result["ruleId"], f"{name}:{place['region']['startLine']}:{place['region']['startColumn']}"))
    return found


def from_github(text):
    found = []
    for line in text.splitlines():
        command = re.fullmatch(r"::(error|warning|notice) (.*?)::(.*)", line)
        expect(command, "github", f"no workflow command: {line}")
        facts = dict(part.split("=", 1) for part in command[2].split(","))
        if command[1] == "notice":
            continue
        if "file" in facts:
            place = f"{unescaped(facts['file'])}:{facts['line']}:{facts['col']}"
        else:
            place = re.match(r"(.+?:\d+:\d+): ", unescaped(command[3]))[1]
        found.append((facts["title"], place))
    return found


READ = {"human": from_human, "short": from_short, "json": from_json, "sarif": from_sarif, "github": from_github}


def check_sarif(where, text, status):
    """What the schema cannot say."""
    run = json.loads(text)["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    expect(len({rule["id"] for rule in rules}) == len(rules), where, "a rule twice")
    expect({rule["id"] for rule in rules} == {result["ruleId"] for result in run["results"]}, where, "rules not used")
    expect(run["invocations"][0]["exitCode"] == status, where, "another exit code")
    prints = [result["partialFingerprints"]["diagnostic/v1"] for result in run["results"]]
    expect(len(set(prints)) == len(prints), where, "one fingerprint twice")
    for result in run["results"]:
        expect(rules[result["ruleIndex"]]["id"] == result["ruleId"], where, "ruleIndex of another rule")
        ids = {location["id"] for location in result.get("relatedLocations", [])}
        links = {int(number) for number in re.findall(r"^\[(?:\\.|[^\]])*\]\((\d+)\)", result["message"]["text"], re.M)}
        expect(ids == links, where, f"links {links} to related locations {ids}")


def check_same(binary, folder):
    count = 0
    for one in inputs(folder):
        count += 1
        where = os.path.relpath(one.path, folder)
        told, statuses = {}, set()
        for form in FORMATS:
            text, status = one.diagnostics(binary, form, "--max-errors", "0")
            statuses.add(status)
            told[form] = READ[form](text)
            if form == "sarif":
                check_sarif(where, text, status)
        expect(len(statuses) == 1, where, f"exit codes {statuses}")
        for form in FORMATS:
            expect(told[form] == told["json"], where, f"{form} tells {told[form]}, json {told['json']}")
    return count


def check_limits(binary):
    """A file with 60 mistakes, and one with two warnings."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "graph.yaml")

        def write(text):
            with open(path, "w", encoding="utf-8") as file:
                file.write("# ARGS: graph validate %s\napiVersion: dynamo/v1\ncomponents:\n" + text)
            return Input(path)

        many = write("".join(f"  C{at}: {{command: [c], replicas: x}}\n" for at in range(60)))
        for form in FORMATS:
            people = form in ("human", "short")
            for options, shown in ((), 50 if people else 60), (("--max-errors", "0"), 60), (("--max-errors", "7"), 7):
                text, status = many.diagnostics(binary, form, *options)
                where = f"{form} {' '.join(options)}"
                expect(len(READ[form](text)) == shown, where, f"not {shown} diagnostics")
                expect(status == 1, where, f"exit code {status}")
                hint = re.search(r"(\d+) more", text)
                expect((hint is not None) == (shown < 60 and form != "json"), where, "nothing about what is left out")
                expect(hint is None or int(hint[1]) == 60 - shown, where, "another number is left out")
                if form == "json":
                    expect(json.loads(text)["errors"] == shown, where, "`errors` does not count the list")

        warnings = write("  A: {command: [a]}\n  B: {command: [b]}\nspecs:\n  S: {entry: c, slots: {c: C = C}}\n"
                         "graphs:\n  g: {spec: S}\n".replace("components:\n", "").replace("specs:", "  C: {command: [c]}\nspecs:"))
        for form in FORMATS:
            for options, wanted in ((), 0), (("--strict",), 1), (("--strict", "--max-errors", "1"), 1):
                text, status = warnings.diagnostics(binary, form, *options)
                where = f"warnings, {form} {' '.join(options)}"
                shown = 1 if "--max-errors" in options else 2
                expect([code for code, _ in READ[form](text)] == ["DG0901"] * shown, where, f"tells {READ[form](text)}")
                expect(status == wanted, where, f"exit code {status}")
                if form == "json":
                    expect(json.loads(text)["valid"] == (wanted == 0), where, "`valid` differs from the exit code")
                if form == "sarif":
                    run = json.loads(text)["runs"][0]
                    expect({result["level"] for result in run["results"]} == {"warning"}, where, "another level")
                if form == "github":
                    expect("::error" not in text, where, "a warning became an error")


def main():
    binary, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    count = check_same(binary, folder)
    check_limits(binary)
    print("\n".join(wrong))
    print(f"{count} inputs in {len(FORMATS)} forms, {len(wrong)} differences")
    sys.exit(1 if wrong or not count else 0)


if __name__ == "__main__":
    main()
