#!/usr/bin/env python3
"""check_schema.py DYNAMO_BINARY FOLDER...

Holds the JSON Schema of `dynamo graph schema` to what the loader says: each definition of each graph file below the
folders must fit the schema if the loader finds no mistake of shape in it, and must not fit if it finds one. Then small
texts that hold what no file there has, and what strict validators (ajv) want of a schema. Ends with 77 (skipped) where
Python has no jsonschema or PyYAML."""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

# Codes that say that the shape is wrong, not that a name or a type is.
SHAPE = {"DG0101", "DG0102", "DG0103", "DG0104", "DG0105", "DG0106", "DG0107", "DG0108", "DG0109", "DG0110", "DG0111",
         "DG0112", "DG0113", "DG0114", "DG0306", "DG0307", "DG0411"}
# Mistakes that the schema may see or not: what else refuses a value of the right shape.
NEAR = {"DG0409", "DG0603", "DG0607"}
# What only the loader knows: expressions of RE2, what a component inherits, which endpoints and ports it has.
BEYOND = re.compile(r"is not a regular expression|is a built-in|has no `command`|probe needs a `port`|speaks `|port `system`")
# What stands under `apiVersion`, and whether it fits; the loader says the same of each.
RUNS = "components: {X: {command: [x], endpoints: [a], %s}}"
USES = ("components: {X: {command: [x], endpoints: [a], live: {tcp: a}}}\nspecs: {S: {entry: a, slots: {a: many X = X}}}\n"
        "graphs: {g: {spec: S, %s}}")
FILES = [
    ("interfaces:", True),
    ("interfaces: {I: }", True),
    ("components: {X: }", False),
    ("specs: {S: }", False),
    ("graphs: {g: }", False),
    ("graphs: {g: {}}", False),
    ("imports:", True),
    ("imports: [{}]", False),
    (RUNS % "ready: {}", True),
    (RUNS % "ready:", False),
    (RUNS % "ready: {http: /, tcp: a}", False),
    (RUNS % "live: {http: /}", True),
    (RUNS % "live: {interval: 1s}", False),
    (RUNS % "restart:", True),
    (RUNS % "clients: {a: }", False),
    (RUNS % "env: {A: 1, B: x}", True),
    (RUNS % "env: {A: }", False),
    (USES % "bind: {a: {}}", False),
    (USES % "bind: {a: [{}]}", False),
    (USES % "bind: {a: [null]}", False),
    (USES % "bind: {a: {x-note: 1}}", True),
    (USES % "bind: {a: {live: {interval: 2s}}}", True),
    (USES % "bind: {a: {live: {http: /, tcp: a}}}", False),
    (USES % "sidecars:", True),
    (USES % "sidecars: {m: {}}", False),
]
# The same of overlays over this file.
BELOW = """components: {C: {command: [c], endpoints: [g], ready: {http: /}, live: {http: /}, restart: {policy: never}}}
specs: {S: {entry: a, slots: {a: many Any = C}}}
graphs: {g: {spec: S, bind: {a: C}}, h: {spec: S}, f: {spec: S}}"""
OVERLAYS = [
    ("components:", True),
    ("components: {C: {}}", True),
    ("graphs: {h: }", True),
    ("components: {C: {ready: {tcp: g, http: }}}", True),
    ("components: {C: {ready: {tcp: g, log: x}}}", False),
    ("components: {C: {live: {http: , tcp: g}}}", True),
    ("components: {C: {live: }}", True),
    ("components: {C: {restart: {policy: }}}", True),
    ("graphs: {g: {bind: {a: {}}}}", True),
    ("graphs: {g: {bind: {a: [null]}}}", False),
    ("graphs: {f: {spec: , extends: h}}", True),
]
SECTIONS = {"interfaces": "interface", "components": "component", "specs": "spec", "graphs": "graph"}


def plain(text):
    """A plain scalar in the core schema of YAML 1.2."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false") and text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return text


def value(node):
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): value(below) for key, below in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [value(below) for below in node.value]
    return plain(node.value) if node.style is None else node.value


def end_line(node):
    """A block collection ends where the next thing begins, which is a line too far."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return node.end_mark.line
    last = node.value[-1] if node.value else None
    if last is None:
        return node.end_mark.line
    return end_line(last[1] if isinstance(last, tuple) else last)


def parts(top):
    """(definition of the schema, name, value, first line, last line) of everything that a file defines."""
    for key, section in top.value:
        kind = SECTIONS.get(key.value)
        if kind is None or not isinstance(section, yaml.MappingNode):
            continue
        for name, node in section.value:
            if not name.value.startswith("x-"):
                yield kind, name.value, value(node), name.start_mark, end_line(node)


def check(binary, schema, path):
    """(checked, problems) of one file."""
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "replace")
    if "dynamo/v1" not in text:
        return 0, []
    done = subprocess.run([binary, "graph", "validate", "--format", "json", os.path.basename(path)],
                          cwd=os.path.dirname(path), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    answer = json.loads(done.stdout)
    codes = {one["code"] for one in answer["diagnostics"]}
    if any(code < "DG0100" for code in codes) or codes & {"DG0106", "DG0203", "DG0204"}:
        return 0, []  # the loader stopped before it looked at shapes
    mistakes = []
    for one in answer["diagnostics"]:
        span = next(span for span in one["spans"] if span["primary"])
        if span["file"] != os.path.basename(path):
            continue
        # A value that a reference brings is looked at only when the reference is known.
        referred = b"${" in text.encode()[span["start"]["byte"]:span["end"]["byte"]]
        if one["code"] in SHAPE | NEAR:
            mistakes.append((span["start"]["line"] - 1, one, one["code"] in SHAPE and not referred
                             and not BEYOND.search(one["message"])))
    # Beside a section that has a wrong name the loader looks at no definition.
    unread = any(one["code"] == "DG0101" and one["message"].endswith(" in a file") for one in answer["diagnostics"])
    top = yaml.compose(text.lstrip("\ufeff"))
    checked, problems = 0, []
    for kind, name, what, start, last in parts(top):
        if what is None and kind != "graph":
            what = {}
        own = [one for line, one, _ in mistakes if start.line <= line <= last]
        certain = [one for line, one, seen in mistakes if seen and start.line <= line <= last]
        fits = schema.evolve(schema={"$ref": f"#/$defs/{kind}", "$defs": schema.schema["$defs"]}).is_valid(what)
        checked += 1
        # Definitions that share a line cannot be told apart by lines alone.
        alone = sum(1 for other in parts(top) if other[3].line == start.line) == 1
        if fits and certain and alone and not name_is_wrong(certain):
            problems.append(f"{path}:{start.line + 1}: {kind} `{name}` fits, but: {certain[0]['code']} {certain[0]['message']}")
        if not fits and not own and not unread and "*" not in text:  # a mistake under an alias is told at its anchor
            error = next(schema.evolve(schema={"$ref": f"#/$defs/{kind}", "$defs": schema.schema["$defs"]}).iter_errors(what))
            problems.append(f"{path}:{start.line + 1}: {kind} `{name}` is good, but: {error.message[:300]}")
    if not mistakes and not schema.is_valid(value(top)):
        problems.append(f"{path}: good, but: {next(schema.iter_errors(value(top))).message[:300]}")
    certain = [one for _, one, seen in mistakes if seen]
    if certain and schema.is_valid(value(top)):
        problems.append(f"{path}: fits, but: " + "; ".join(f"{one['code']} {one['message']}" for one in certain))
    return checked, problems


def check_texts(binary, schema, overlay):
    """What is wrong with FILES and OVERLAYS, each asked of both."""
    head, problems = "apiVersion: dynamo/v1\n", []
    with tempfile.TemporaryDirectory() as folder:
        def write(name, text):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(head + text + "\n")
            return value(yaml.compose(head + text))

        def is_good(*words):
            return subprocess.run([binary, "graph", "validate", "graph.yaml", *words], cwd=folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=60).returncode == 0

        for text, fits in FILES:
            what = write("graph.yaml", text)
            if (schema.is_valid(what), is_good()) != (fits, fits):
                problems.append(f"{text!r}: schema {schema.is_valid(what)}, loader {is_good()}, expected {fits}")
        write("graph.yaml", BELOW)
        for text, fits in OVERLAYS:
            what = write("over.yaml", text)
            if (overlay.is_valid(what), is_good("-f", "over.yaml")) != (fits, fits):
                problems.append(f"overlay {text!r}: schema {overlay.is_valid(what)}, "
                                f"loader {is_good('-f', 'over.yaml')}, expected {fits}")
    return problems


def strict_problems(schema, types=(), where="#"):
    """What ajv refuses in its strict mode: unions of types (but for null), keywords of a type that is not named, and keys
    that are required but no properties."""
    own = schema.get("type", types)
    own = (own,) if isinstance(own, str) else tuple(own)
    problems = []
    if len(set(own) - {"null"}) > 1:
        problems.append(f"{where}: a union of types")
    for keyword, kind in (("pattern", "string"), ("properties", "object"), ("required", "object"), ("items", "array"),
                          ("additionalProperties", "object"), ("minProperties", "object"), ("minimum", "integer")):
        if keyword in schema and kind not in own:
            problems.append(f"{where}: `{keyword}` without the type {kind}")
    for key in schema.get("required", []):
        if key not in schema.get("properties", {}):
            problems.append(f"{where}: `{key}` is required and no property")
    for keyword, below in schema.items():
        if keyword in ("properties", "patternProperties", "$defs"):
            parts_of = [(name, one, ()) for name, one in below.items()]
        elif keyword in ("anyOf", "oneOf", "allOf"):
            parts_of = [(str(at), one, own) for at, one in enumerate(below)]
        elif keyword in ("items", "additionalProperties", "propertyNames"):
            parts_of = [("", below, ())]
        else:
            parts_of = [("", below, own)] if keyword == "not" else []
        for name, one, inherited in parts_of:
            if isinstance(one, dict):
                problems += strict_problems(one, inherited, f"{where}/{keyword}/{name}".rstrip("/"))
    return problems


def name_is_wrong(mistakes):
    """The name of a definition is no part of the definition."""
    return all(one["code"] == "DG0108" for one in mistakes)


def main():
    binary, folders = os.path.abspath(sys.argv[1]), sys.argv[2:]
    validators = []
    for flags in ([], ["--overlay"]):
        text = subprocess.run([binary, "graph", "schema", *flags], capture_output=True, text=True, check=True).stdout
        jsonschema.Draft202012Validator.check_schema(json.loads(text))
        validators.append(jsonschema.Draft202012Validator(json.loads(text)))
    schema, overlay = validators
    files = sorted(path for folder in folders for path in glob.glob(os.path.join(folder, "**", "*.yaml"), recursive=True))
    total, problems = 0, check_texts(binary, schema, overlay)
    for one in validators:
        problems += [f"strict: {problem}" for problem in strict_problems(one.schema)]
    for path in files:
        if os.path.basename(path) in ("prod.yaml", "night.yaml"):
            if "/ok_" in path and not overlay.is_valid(value(yaml.compose(open(path, encoding="utf-8").read()))):
                problems.append(f"{path}: is a good overlay, and does not fit")
            continue
        checked, wrong = check(binary, schema, path)
        total += checked
        problems += wrong
    print("\n".join([*problems, f"{len(files)} files, {total} definitions, {len(problems)} problems"]))
    sys.exit(1 if problems or not total else 0)


if __name__ == "__main__":
    main()
