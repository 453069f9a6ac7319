"""Overlays (`-f FILE`) in `dynamo graph lsp`: they are looked at over their base.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_overlays.py Overlays.test_NAME
"""
import json, os, subprocess, unittest
from pathlib import Path

from client import Failed, edited, unmarked, uri
from graph_case import GRAPH, PARTS
from test_protocol import Case

PROD = """apiVersion: dynamo/v1
components:
  Mock: {env: {LOG: info}, params: {tp: int = 2}}
  acme.Prometheus: {env: {A: b}}
specs:
  Agg: {slots: {backend: Backend = Big}}
graphs:
  small: {bind: {backend: {params: {tp: 8}}}}
  big: {bind: {backend: Kv}}
"""


class Overlays(Case):
    def setUp(self):
        super().setUp()
        self.path = self.write("graph.yaml", GRAPH)
        self.parts = self.write("parts/metrics.yaml", PARTS)
        self.prod = self.write("prod.yaml", PROD)
        self.ed = self.editor(folder=self.folder)
        self.ed.open(self.prod)

    def codes(self, path, text=None):
        if text is not None:
            self.ed.change(path, text)
        return [one["code"] for one in self.ed.diagnostics(path)]

    def labels(self, marked):
        return [one["label"] for one in self.ed.complete(self.prod, marked)]

    def validate(self):
        run = subprocess.run([os.environ["DYNAMO"], "graph", "validate", self.path, "-f", self.prod, "--format", "json"],
                             capture_output=True, text=True, timeout=60, check=False)
        return [one["code"] for one in json.loads(run.stdout)["diagnostics"]]

    def renamed(self, path, index, new):
        """The names of the files that change; they are written."""
        edit = self.ed.ask("rename", path, index, newName=new)
        changed = []
        for one in edit["documentChanges"]:
            file = Path(one["textDocument"]["uri"].removeprefix("file://"))
            file.write_text(edited(file.read_text(), one["edits"]))
            changed.append(file.name)
        return sorted(changed)

    def test_an_overlay_is_not_blamed_for_what_it_leaves_out(self):
        self.assertEqual(self.codes(self.prod), [])
        self.assertEqual(self.validate(), [])

    def test_its_mistakes_stand_in_it(self):
        found = self.codes(self.prod, PROD.replace("  Mock: {", "  Mok: {env: {A: b}}\n  Mock: {"))
        self.assertEqual(found, ["DG0801"])
        where = self.ed.diagnostics(self.prod)[0]["range"]
        self.assertEqual(self.ed.part(self.prod, where), "Mok")
        self.assertEqual(self.codes(self.prod, PROD.replace("backend: Kv}", "backend: Router}")), ["DG0202"])
        named = "# dynamo: overlay of graph.yaml\n" + PROD
        self.assertEqual(self.codes(self.prod, named + "imports: [x.yaml]\n"), ["DG0102"])
        self.assertEqual(self.codes(self.prod, PROD), [])

    def test_a_mistake_that_it_makes_in_the_base_says_so(self):
        self.ed.open(self.path)
        self.assertEqual(self.ed.told(self.path), [])
        self.ed.change(self.prod, PROD.replace("  Mock: {env: {LOG: info}, params: {tp: int = 2}}", "  Big: "))
        told = self.ed.told(self.path)
        self.assertEqual({one["code"] for one in self.ed.diagnostics(self.prod)}, {"DG0201"})
        self.ed.change(self.prod, PROD.replace("  Mock: {env: {LOG: info}, params: {tp: int = 2}}", "  Kv: ").replace("backend: Kv}", "backend: Big}"))
        told = self.ed.told(self.path)
        self.assertEqual([one["code"] for one in told], ["DG0201"])
        self.assertIn("note: with the overlay `" + str(self.prod), told[0]["message"])
        self.ed.change(self.prod, PROD)
        self.assertEqual(self.ed.told(self.path), [])

    def test_hover_and_definitions_lead_into_the_base(self):
        for context, word, wanted, line in (
                ("  Mock: {env", "Mock", "**component** `Mock`", "  Mock:"), ("params: {tp: int", "tp", "`int = 2`", "params: {tp: int = 1}"),
                ("slots: {backend", "backend", "**slot** `backend` of spec `Agg`", "backend: Backend = Mock"),
                ("backend: {params", "backend", "in graph `small`: `Big`", "backend: Backend = Mock"),
                ("tp: 8", "tp", "**param** `tp`", None), ("backend: Kv}", "Kv", "**component** `Kv`", "  Kv:"),
                ("  small:", "small", "**graph** `small`", "  small: {spec")):
            index = PROD.index(context) + context.index(word) + 1
            found = self.ed.ask("hover", self.prod, index)
            self.assertIsNotNone(found, context)
            self.assertIn(wanted, found["contents"]["value"], context)
            self.assertEqual(self.ed.part(self.prod, found["range"]), word)
            places = self.ed.ask("definition", self.prod, index)
            if line:
                self.assertEqual([one["uri"] for one in places], [uri(self.path)], context)
                self.assertIn(line, GRAPH.split("\n")[places[0]["range"]["start"]["line"]], context)
        found = self.ed.ask("definition", self.prod, PROD.index("Prometheus") + 1)
        self.assertEqual([one["uri"] for one in found], [uri(self.parts)])

    def test_symbols(self):
        found = self.ed.request("textDocument/documentSymbol", {"textDocument": {"uri": uri(self.prod)}})
        self.assertEqual([one["name"] for one in found], ["components", "specs", "graphs"])

    def test_completion(self):
        head = "apiVersion: dynamo/v1\ngraphs:\n  big: {bind: {backend: Kv}}\n"
        self.assertEqual(self.labels(head + "components:\n  ▮\n"), ["acme.Prometheus", "Door", "Mock", "Big", "Kv", "KvRouter"])
        self.assertEqual(self.labels(head + "components:\n  Mock: {env: {}}\n  ▮\n"), ["acme.Prometheus", "Door", "Big", "Kv", "KvRouter"])
        self.assertEqual(self.labels(head + "components:\n  Door: {params: {▮}}\n"), ["model", "mode"])
        self.assertEqual(self.labels(head + "specs:\n  Agg: {slots: {▮}}\n"), ["frontend", "backend"])
        self.assertEqual(self.labels("apiVersion: dynamo/v1\ngraphs:\n  big:\n    bind:\n      ▮\n"), ["frontend", "backend"])
        self.assertEqual(self.labels("apiVersion: dynamo/v1\ngraphs:\n  big: {bind: {backend: ▮}}\n")[:3], ["Mock", "Big", "Kv"])
        self.assertEqual(self.labels("apiVersion: dynamo/v1\ngraphs:\n  big: {bind: {backend: {params: {▮}}}}\n"), ["tp"])
        self.assertEqual(self.labels("apiVersion: dynamo/v1\ngraphs:\n  big: {params: {▮}}\n"), ["model"])
        self.assertIn("replicas", self.labels(head + "components:\n  Mock: {▮}\n"))
        top = self.labels(head + "▮\n")
        self.assertIn("specs", top)
        self.assertNotIn("imports", top)

    def test_a_rename_reaches_both_from_either_side(self):
        renames = [  # in the base, in the overlay, files that change
            ("  Mock:\n", "  Mock: {env", ["graph.yaml", "prod.yaml"]), ("tp: int = 1", "tp: int = 2", ["graph.yaml", "prod.yaml"]),
            ("  Kv:\n", "Kv}}", ["graph.yaml", "prod.yaml"]), ("      backend: Backend = Mock", "backend: Backend = Big", ["graph.yaml", "prod.yaml"]),
            ("  small: {spec", "  small: {bind", ["graph.yaml", "prod.yaml"]), ("  Agg:\n", "  Agg: {slots", ["graph.yaml", "prod.yaml"]),
            (None, "Prometheus: {env", ["graph.yaml", "metrics.yaml", "prod.yaml"]), ("as: acme", "acme.Pro", ["graph.yaml", "prod.yaml"]),
        ]
        for below, above, wanted in renames:
            for path, text, context in ((self.path, GRAPH, below), (self.prod, PROD, above)):
                if context is None:
                    continue
                for file, content in ((self.path, GRAPH), (self.parts, PARTS), (self.prod, PROD)):
                    file.write_text(content)
                if path not in self.ed.texts:
                    self.ed.open(path)
                index = text.index(context) + len(context) - len(context.lstrip()) + (4 if context == "as: acme" else 0)
                self.assertEqual(self.renamed(path, index + 1, "brandNew"), wanted, (context, path.name))
                self.assertIn("brandNew", self.prod.read_text())
                self.assertEqual(self.validate(), [], context)

    def test_a_rename_follows_what_the_overlay_deletes(self):
        text = PROD.replace("  Mock: {env", "  Door: {params: {mode: }}\n  KvRouter: \n  Mock: {env")
        self.ed.change(self.prod, text)
        self.prod.write_text(text)
        self.ed.open(self.path, GRAPH.replace("  routed: {spec: Routed, bind: {router: KvRouter}, wire: {frontend.router: router}, sidecars: {metrics: none}}\n", ""))
        self.path.write_text(self.ed.texts[self.path])
        self.assertEqual(self.codes(self.prod), [])
        found = self.ed.ask("hover", self.prod, text.index("KvRouter") + 1)
        self.assertIn("`KvRouter` is deleted here", found["contents"]["value"])
        self.assertEqual(self.renamed(self.path, GRAPH.index("  KvRouter:") + 3, "Gone"), ["graph.yaml", "prod.yaml"])

    def test_a_rename_that_breaks_an_overlay_is_refused(self):
        self.write("other.yaml", "# dynamo: overlay of graph.yaml\napiVersion: dynamo/v1\ngraphs: {small: {sidecars: {extra: Mock}}}\n")
        self.ed.open(self.path)
        with self.assertRaises(Failed) as caught:
            self.ed.ask("rename", self.path, GRAPH.index("      backend: Backend = Mock") + 7, newName="extra")
        self.assertIn("DG0205", str(caught.exception))

    def test_which_file_is_an_overlay(self):
        small = "apiVersion: dynamo/v1\ngraphs: {small: {bind: {backend: Big}}}\n"
        # In a folder below; of a base that a comment names; of nothing.
        deep = self.write("over/lays/one.yaml", small)
        self.ed.open(deep)
        self.assertEqual(self.codes(deep), [])
        self.write("elsewhere/base.yaml", GRAPH.replace("small:", "other:").replace("extends: small", "extends: other").replace("parts/", "../parts/"))
        named = self.write("named.yaml", "# dynamo: overlay of elsewhere/base.yaml\n" + small.replace("small", "other"))
        self.ed.open(named)
        self.assertEqual(self.codes(named), [])
        self.assertEqual(self.codes(named, "# dynamo: overlay of elsewhere/base.yaml\n" + small), ["DG0801"])
        self.assertEqual(self.codes(named, "# dynamo: overlay of nowhere.yaml\n" + small), ["DG0203"])
        where = self.ed.diagnostics(named)[0]["range"]
        self.assertEqual(self.ed.part(named, where), "nowhere.yaml")
        self.assertEqual(self.codes(named, small.replace("small", "nope")), ["DG0104"])
        # What others import is their part.
        self.write("importer.yaml", "apiVersion: dynamo/v1\nimports: [over/lays/one.yaml]\n")
        self.ed.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri(self.folder / "importer.yaml"), "type": 1}]})
        self.assertEqual([one["code"] for one in self.ed.told(deep)], ["DG0104"])

    def test_without_a_folder_the_graph_file_beside_it_is_found(self):
        alone = self.editor()
        alone.open(self.prod)
        self.assertEqual(alone.diagnostics(self.prod), [])
        # An open one counts before the disk.
        alone.open(self.path, GRAPH.replace("  Kv:\n", "  Kw:\n").replace("= Kv", "= Kw"))
        self.assertEqual([one["code"] for one in alone.told(self.prod)], ["DG0201"])

    def test_a_half_typed_overlay_keeps_its_base(self):
        text, index = unmarked(PROD.replace("backend: Kv}}", "backend: Kv, fr▮"))
        self.ed.change(self.prod, text)
        items = self.ed.ask("completion", self.prod, index)["items"]
        self.assertEqual([one["label"] for one in items], ["frontend"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
