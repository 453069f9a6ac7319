"""Renaming with `dynamo graph lsp`.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_rename.py Rename.test_NAME
"""
import copy, json, os, subprocess, unittest
from pathlib import Path

from client import EVERYTHING, Failed, edited, uri
from graph_case import GRAPH, PARTS, Knows
from test_protocol import Case


class Rename(Knows):
    OTHER = """apiVersion: dynamo/v1
imports: [graph.yaml]
components:
  Bigger: {extends: Big}
specs:
  Mine: {extends: Agg, slots: {backend: Backend = Bigger}}
graphs:
  mine: {spec: Mine, params: {model: "${graph.name}"}, bind: {backend: {use: "Big", params: {tp: 8}}}}
"""

    def setUp(self):
        super().setUp()
        self.other = self.write("other.yaml", self.OTHER)
        self.write("not/ours.yaml", "kind: Deployment\nBig: Big\n")
        self.write("build/copy.yaml", self.OTHER.replace("graph.yaml", "../graph.yaml"))

    def validate(self, path):
        run = subprocess.run([os.environ["DYNAMO"], "graph", "validate", path, "--format", "json"], capture_output=True,
                             text=True, timeout=60, check=False)
        return [(one["code"], one["message"]) for one in json.loads(run.stdout)["diagnostics"]]

    def shown(self, graph, path):
        run = subprocess.run([os.environ["DYNAMO"], "graph", "show", f"{path}:{graph}", "-o", "json"], capture_output=True,
                             text=True, timeout=60, check=True)
        return run.stdout

    def rename(self, context, word, new):
        """Renames, writes the files, and gives the lines that differ now."""
        index = self.at(context, word) + 1
        edit = self.ed.ask("rename", self.path, index, newName=new)
        changed = {}
        for one in edit["documentChanges"]:
            path = Path(one["textDocument"]["uri"].removeprefix("file://"))
            self.assertEqual(one["textDocument"]["version"], self.ed.versions.get(path))
            before = path.read_text()
            after = edited(before, one["edits"])
            path.write_text(after)
            changed[path.name] = [new_line.strip() for old_line, new_line in zip(before.split("\n"), after.split("\n"))
                                  if old_line != new_line]
        return changed

    def test_everything_that_is_the_name_changes_and_nothing_else(self):
        renames = [  # where, word, lines of each file that change
            ("Big:\n", None, {"graph.yaml": 2, "other.yaml": 2}), ("Mock:\n", None, {"graph.yaml": 3}),
            ("Backend: {end", None, {"graph.yaml": 5, "other.yaml": 1}), ("Agg:\n", None, {"graph.yaml": 3, "other.yaml": 1}),
            ("small: {spec", None, {"graph.yaml": 2}), ("backend: Backend = Mock", None, {"graph.yaml": 4, "other.yaml": 2}),
            ("metrics: optional", None, {"graph.yaml": 2}), ("model: string", None, {"graph.yaml": 3, "other.yaml": 1}),
            ("tp: int = 1", None, {"graph.yaml": 3, "other.yaml": 1}), ("mode: enum", None, {"graph.yaml": 1}),
            ("backend: Backend, router", None, {"graph.yaml": 2}), ("router: optional Router}", None, {"graph.yaml": 2}),
            ("acme.Prometheus", "Prom", {"graph.yaml": 1, "metrics.yaml": 1}), ("as: acme", "acme", {"graph.yaml": 2}),
            ("generate: Tokens", None, {"graph.yaml": 4}), ("model: \"string", None, {"graph.yaml": 2}),
            ("router: optional Router\n", None, {"graph.yaml": 2}), ("chat: Ask", None, {"graph.yaml": 3}),
        ]
        for context, word, wanted in renames:
            for path, text in ((self.path, GRAPH), (self.parts, PARTS), (self.other, self.OTHER)):
                path.write_text(text)
            before = [(graph, file, self.shown(graph, file)) for graph, file in (("big", self.path), ("mine", self.other))]
            changed = self.rename(context, word, "brandNew")
            self.assertEqual({name: len(lines) for name, lines in changed.items()}, wanted, (context, changed))
            self.assertTrue(all("brandNew" in line for lines in changed.values() for line in lines))
            for path in (self.path, self.other):
                self.assertEqual(self.validate(path), [], (context, changed))
            # What a graph means stays, but for the name.
            for graph, file, meant in before:
                now = self.shown(graph, file)
                self.assertEqual(len(json.loads(now)["edges"]), len(json.loads(meant)["edges"]))
                self.assertEqual([slot["arity"] for slot in json.loads(now)["slots"]], [slot["arity"] for slot in json.loads(meant)["slots"]])

    def test_it_can_begin_at_any_use(self):
        changed = self.rename("bind: {backend: Big}", "Big", "Huge")
        self.assertEqual({name: len(lines) for name, lines in changed.items()}, {"graph.yaml": 2, "other.yaml": 2})
        self.assertIn("use: \"Huge\"", self.other.read_text())

    def test_what_would_break_something_is_refused(self):
        for context, word, new, sentence in (
                ("Big:\n", None, "Mock", "component `Big` cannot become `Mock`"), ("Big:\n", None, "9", "`9` cannot be a name"),
                ("Big:\n", None, "a.b", "`a.b` cannot be a name"), ("Big:\n", None, "", "cannot be a name"),
                ("Big:\n", None, "Any", "built-in type"), ("Mock:\n", None, "none", "empty slot"),
                ("backend: Backend = Mock", None, "frontend", "slot `backend` cannot become `frontend`"),
                ("backend: Backend = Mock", None, "model", "slot `backend` cannot become `model`"),
                ("model: string", None, "namespace", "cannot become `namespace`"),
                ("small: {spec", None, "Agg", "graph `small` cannot become `Agg`"),
                ("Big:\n", None, "Frontend", "component `Big` cannot become `Frontend`"),
                ("Mock:\n", None, "Bigger", "component `Mock` cannot become `Bigger`"),
                ("parts/metrics.yaml", None, "x", "a file is renamed on the disk")):
            with self.assertRaises(Failed, msg=context) as caught:
                self.ed.ask("rename", self.path, self.at(context, word) + 1, newName=new)
            self.assertIn(sentence, str(caught.exception))
            self.assertEqual(caught.exception.code, -32803)

    def test_what_would_mean_something_else_is_refused(self):
        for text, context, new, sentence in (
                # A param would stand for the one that it inherits.
                ("""components:
  C: {command: [c, "${params.a}"], params: {a: int = 1}}
  D: {extends: C, params: {b: int = 2}, command: [d, "${params.a}", "${params.b}"]}
specs: {S: {entry: s, slots: {s: Any = D}}}
graphs: {g: {spec: S, bind: {s: {params: {a: 4}}}}}
""", "b: int", "a", "`a` means something there already"),
                # A reference with a default would find it.
                ("""components:
  C: {command: [c, "${graph.m:-x}", "${graph.n:-y}"]}
specs: {S: {entry: s, params: {m: string = q}, slots: {s: Any = C}}}
graphs: {g: {spec: S}}
""", "m: string", "n", "`n` means something there already"),
                # A slot would stand for the one that it inherits.
                ("""interfaces: {B: {endpoints: [g]}}
components:
  C: {implements: [B], command: [c], endpoints: [g]}
  F: {command: [f], clients: {x: many B}}
specs:
  P: {entry: f, slots: {f: Any = F, s: optional B = C}}
  S: {extends: P, slots: {v: optional B = C}}
graphs: {g: {spec: S}}
""", "v: opt", "s", "slot `v` cannot become `s`"),
                # The name of a sidecar follows from its component.
                ("""components:
  C: {command: [c]}
  P: {command: [p]}
specs: {S: {entry: s, slots: {s: Any = C}}}
graphs:
  g: {spec: S, sidecars: [P]}
  h: {extends: g, sidecars: {p: {use: C}}}
""", "P: {com", "Quark", "a graph would have other sidecars")):
            text = "apiVersion: dynamo/v1\n" + text
            self.ed.change(self.path, text)
            with self.assertRaises(Failed, msg=context) as caught:
                self.ed.ask("rename", self.path, text.index(context), newName=new)
            self.assertIn(sentence, str(caught.exception))
            self.assertIsNotNone(self.ed.ask("rename", self.path, text.index(context), newName="brandNew" if new != "Quark" else "P"))

    def test_prepare(self):
        found = self.ed.ask("prepareRename", self.path, self.at("acme.Prometheus", "Prom") + 2)
        self.assertEqual((self.ed.part(self.path, found["range"]), found["placeholder"]), ("Prometheus", "Prometheus"))
        self.assertIsNone(self.ed.ask("prepareRename", self.path, self.at("entry: frontend") + 1))
        with self.assertRaises(Failed):
            self.ed.ask("prepareRename", self.path, self.at("parts/metrics.yaml") + 1)

    def test_open_buffers_count_not_their_files(self):
        self.ed.open(self.other, self.OTHER.replace("use: \"Big\"", "use: Bigger"))
        edit = self.ed.ask("rename", self.path, self.at("Big:\n") + 1, newName="Huge")
        edits = {Path(one["textDocument"]["uri"]).name: one for one in edit["documentChanges"]}
        self.assertEqual(len(edits["other.yaml"]["edits"]), 1)
        self.assertEqual(edits["other.yaml"]["textDocument"]["version"], 1)

    def test_a_buffer_that_cannot_be_read_is_not_half_renamed(self):
        self.ed.open(self.other, self.OTHER + "  broken: {spec: Mine, bind: {backend: Big\n")
        with self.assertRaises(Failed) as caught:
            self.ed.ask("rename", self.path, self.at("Big:\n") + 1, newName="Huge")
        self.assertIn("other.yaml", str(caught.exception))

    def test_edits_without_versions(self):
        able = copy.deepcopy(EVERYTHING)
        able["workspace"] = {}
        self.open_editor(capabilities=able)
        edit = self.ed.ask("rename", self.path, self.at("Big:\n") + 1, newName="Huge")
        self.assertEqual(sorted(edit["changes"]), sorted([uri(self.path), uri(self.other)]))

    def test_the_name_of_a_sidecar_that_follows_from_its_component(self):
        text = GRAPH.replace("sidecars: {metrics: none}}", "sidecars: [Mock]}\n  more: {extends: routed, sidecars: {mock: none}}")
        self.ed.change(self.path, text)
        with self.assertRaises(Failed) as caught:
            self.ed.ask("rename", self.path, text.index("mock: none") + 1, newName="helper")
        self.assertIn("has its name from its component", str(caught.exception))


if __name__ == "__main__":
    unittest.main(verbosity=2)
