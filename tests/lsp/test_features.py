"""What `dynamo graph lsp` knows about a graph file: hover, definitions, uses, fixes, symbols, formatting.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_features.py Hover.test_NAME
"""
import copy, subprocess, os, time, unittest
from pathlib import Path

from client import EVERYTHING, Failed, edited, position, uri
from graph_case import GRAPH, Knows
from test_protocol import Case


class Hover(Knows):
    def hover(self, context, word=None):
        return self.ed.ask("hover", self.path, self.at(context, word) + 1)

    def test_what_is_told(self):
        for context, word, wanted in (
                ("Door:\n", None, ["**component** `Door`", "speaks HTTP", "implements `Frontend`", "client `router`: `optional Router`",
                                   "param `mode`: `enum(fast|slow) = fast`", "defined at graph.yaml:10:3"]),
                ("frontend: Frontend = Door", "Door", ["**component** `Door`"]),
                ("Frontend: {doc", None, ["**interface** `Frontend`", "the door", "endpoint `chat`: `Ask -> stream Chunk`", "components: `Door`"]),
                ("Agg:\n", None, ["**spec** `Agg`", "one of each", "entry: `frontend`", "slot `backend`: `Backend = Mock`"]),
                ("big: {ext", None, ["**graph** `big`", "spec `Agg`", "slot `backend`: `Big`", "sidecar `metrics`: `acme.Prometheus`"]),
                ("backend: Backend = Mock", None, ["**slot** `backend` of spec `Agg`", "takes `Backend`", "by default `Mock`"]),
                ("bind: {backend: Big}", "backend", ["**slot** `backend` of spec `Agg`", "in graph `big`: `Big`, bound at graph.yaml:47:41"]),
                ("bind: {backend: {params", "backend", ["in graph `small`: `Mock`, by default at graph.yaml:38:26"]),
                ("params: {tp: 2}", "tp", ["**param** `tp` of component `Mock`", "`int = 1`", "in graph `small`, slot `backend`: `2`, set at graph.yaml:46:48"]),
                ("params: {model: large}", "model", ["**param** `model` of spec `Agg`", "in graph `big`: `large`, set at graph.yaml:47:56"]),
                ("${params.model}", "model", ["**param** `model` of component `Door`", "in graph `small`, slot `frontend`: `tiny`, by default",
                                              "in graph `big`, slot `frontend`: `large`"]),
                ("${graph.model}", "model", ["**param** `model` of spec `Agg`", "in graph `small`: `tiny`, by default"]),
                ("clients: {backend: Backend", "backend", ["**client** `backend` of component `Door`", "in graph `small`, slot `frontend`: `backend`"]),
                ("${clients.workers.generate}", "generate", ["**endpoint** `generate` of interface `Backend`", "`Tokens -> stream Tokens`"]),
                ("chat: {port: 8000}", None, ["**endpoint** `chat` of component `Door`", "protocol `http`", "port `8000`"]),
                ("acme.Prometheus", "Prom", ["**component** `acme.Prometheus`", "metrics.yaml:5:3"]),
                ("acme.Prometheus", "acme", ["**alias** `acme`"]),
                ("ready: {http", None, ["`ready` of a component", "when a replica counts as ready"]),
                ("entry: frontend", None, ["`entry` of a spec"])):
            found = self.hover(context, word)
            self.assertIsNotNone(found, context)
            for one in wanted:
                self.assertIn(one, found["contents"]["value"], context)
            self.assertEqual(found["contents"]["kind"], "markdown")

    def test_the_range_is_the_word(self):
        found = self.hover("${params.model}", "model")
        self.assertEqual(self.ed.part(self.path, found["range"]), "model")
        found = self.hover("frontend.router: router", "router:")
        self.assertEqual(self.ed.part(self.path, found["range"]), "router")

    def test_plain_text_for_those_who_want_it(self):
        self.open_editor(capabilities={})
        found = self.hover("Door:\n")["contents"]
        self.assertEqual(found["kind"], "plaintext")
        self.assertTrue(found["value"].startswith("component `Door`"), found)

    def test_nothing_over_nothing(self):
        for context in ("dynamo/v1", "[mock]", "speaks HTTP"):
            self.assertIsNone(self.hover(context), context)


class Places(Knows):
    def words(self, locations):
        result = []
        for one in locations:
            path = self.path if one["uri"] == uri(self.path) else self.parts_path(one["uri"])
            line = one["range"]["start"]["line"] + 1
            result.append(f"{path.name}:{line} {self.ed.part(path, one['range'])}")
        return result

    def parts_path(self, one):
        self.assertEqual(one, uri(self.parts))
        return self.parts

    def test_definitions(self):
        for context, word, wanted in (
                ("frontend: Frontend = Door", "Frontend", "graph.yaml:5 Frontend"), ("frontend: Frontend = Door", "Door", "graph.yaml:10 Door"),
                ("extends: Mock", "Mock", "graph.yaml:18 Mock"), ("spec: Agg, bind", "Agg", "graph.yaml:32 Agg"),
                ("big: {extends: small", "small", "graph.yaml:46 small"), ("entry: frontend", "frontend", "graph.yaml:37 frontend"),
                ("bind: {backend: Big}", "backend", "graph.yaml:38 backend"), ("params: {tp: 2}", "tp", "graph.yaml:22 tp"),
                ("params: {model: large}", "model", "graph.yaml:35 model"), ("${params.model}", "model", "graph.yaml:16 model"),
                ("${graph.model}", "model", "graph.yaml:35 model"), ("${clients.backend}", "backend", "graph.yaml:15 backend"),
                ("${clients.workers.generate}", "generate", "graph.yaml:6 generate"), ("port: chat", "chat", "graph.yaml:14 chat"),
                ("frontend.router: router", "frontend", "graph.yaml:37 frontend"), ("frontend.router: router", "router:", "graph.yaml:15 router"),
                ("acme.Prometheus", "Prom", "metrics.yaml:5 Prometheus"), ("acme.Prometheus", "acme", "graph.yaml:3 acme"),
                ("parts/metrics.yaml", None, "metrics.yaml:1 "), ("optional acme.Metrics", "Metrics", "metrics.yaml:3 Metrics"),
                # A declaration that stands for another one leads there.
                ("backend: KvBackend = Kv", "backend", "graph.yaml:38 backend"), ("params: {tp: int = 4}", "tp", "graph.yaml:22 tp"),
                ("endpoints: [generate]\n    params", "generate", "graph.yaml:6 generate")):
            found = self.words(self.ed.ask("definition", self.path, self.at(context, word) + 1))
            self.assertEqual(found, [wanted] if wanted else [], (context, word))

    def test_uses_in_all_files_of_the_folder(self):
        other = self.write("other.yaml", "apiVersion: dynamo/v1\nimports: [graph.yaml]\ngraphs:\n  mine: {extends: small, bind: {backend: Big}}\n")
        found = self.ed.ask("references", self.path, self.at("backend: Backend = Mock"), context={"includeDeclaration": True})
        places = [(Path(one["uri"]).name, one["range"]["start"]["line"] + 1) for one in found]
        self.assertEqual(places, [("graph.yaml", 38), ("graph.yaml", 43), ("graph.yaml", 46), ("graph.yaml", 47), ("other.yaml", 4)])
        found = self.ed.ask("references", self.path, self.at("backend: Backend = Mock"), context={"includeDeclaration": False})
        self.assertEqual(len(found), 4)
        self.assertNotIn(other, self.ed.texts)

    def test_highlights_tell_definitions_apart(self):
        found = self.ed.ask("documentHighlight", self.path, self.at("tp: int = 1"))
        self.assertEqual([(one["range"]["start"]["line"] + 1, one["kind"]) for one in found], [(22, 3), (25, 3), (46, 2)])

    def test_symbols(self):
        named = {"textDocument": {"uri": uri(self.path)}}
        found = self.ed.request("textDocument/documentSymbol", named)
        self.assertEqual([one["name"] for one in found], ["interfaces", "components", "specs", "graphs"])

        def check(items, begin, end):
            for one in items:
                place = [(one[key]["start"]["line"], one[key]["start"]["character"]) for key in ("range", "selectionRange")]
                stop = [(one[key]["end"]["line"], one[key]["end"]["character"]) for key in ("range", "selectionRange")]
                self.assertTrue(begin <= place[0] <= place[1] <= stop[1] <= stop[0] <= end, one)
                self.assertEqual(self.ed.part(self.path, one["selectionRange"]), one["name"])
                check(one.get("children", []), place[0], stop[0])

        check(found, (0, 0), (10**6, 0))
        specs = {one["name"]: [child["name"] for child in one["children"]] for one in found[2]["children"]}
        self.assertEqual(specs, {"Agg": ["model", "frontend", "backend", "metrics"], "Routed": ["backend", "router"]})
        self.assertEqual(found[2]["children"][0]["children"][2]["detail"], "Backend = Mock")
        # An empty name cannot be shown, and what an alias stands for is not where the alias is.
        text = """apiVersion: dynamo/v1
x-a: &a {C: {command: [x]}}
components:
  A: &b {command: [x], params: {"": int, p: int}}
  B: *b
interfaces: *a
"""
        self.ed.change(self.path, text)
        odd = self.ed.request("textDocument/documentSymbol", named)
        check(odd, (0, 0), (10**6, 0))
        self.assertEqual([(one["name"], [child["name"] for child in one.get("children", [])]) for one in odd],
                         [("components", ["A", "B"]), ("interfaces", [])])
        self.assertEqual([child["name"] for child in odd[0]["children"][0]["children"]], ["p"])
        self.open_editor(capabilities={})
        flat = self.ed.request("textDocument/documentSymbol", named)
        self.assertIn(("backend", "Agg"), [(one["name"], one.get("containerName")) for one in flat])


class Fixes(Knows):
    def actions(self, text, word):
        self.ed.change(self.path, text)
        begin = text.index(word)
        return self.ed.request("textDocument/codeAction", {
            "textDocument": {"uri": uri(self.path)}, "context": {"diagnostics": []},
            "range": {"start": position(text, begin), "end": position(text, begin + len(word))}})

    def test_a_fix_mends(self):
        for wrong, word, right in ((GRAPH.replace("entry: frontend", "entri: frontend"), "entri", GRAPH),
                                   (GRAPH.replace("spec: Agg, bind", "spec: Ag, bind"), "spec: Ag", GRAPH),
                                   (GRAPH.replace("apiVersion: dynamo/v1\n", ""), "imports", GRAPH)):
            actions = self.actions(wrong, word)
            self.assertEqual([one["kind"] for one in actions], ["quickfix"], wrong[:30])
            edits = actions[0]["edit"]["documentChanges"][0]
            self.assertEqual(edits["textDocument"]["version"], self.ed.versions[self.path])
            self.assertEqual(edited(wrong, edits["edits"]), right)
        self.assertTrue(self.actions(GRAPH.replace("entry:", "enrty:"), "enrty")[0]["isPreferred"])
        self.assertNotIn("isPreferred", self.actions(GRAPH.replace("spec: Agg, bind", "spec: Ag, bind"), "spec: Ag")[0])

    def test_none_elsewhere_and_none_for_others(self):
        wrong = GRAPH.replace("entry: frontend", "entri: frontend")
        self.assertEqual(self.actions(wrong, "doc: one of each"), [])
        self.open_editor(capabilities={})
        self.assertEqual(self.actions(wrong, "entri"), [])


class Formatting(Knows):
    def format(self):
        named = {"textDocument": {"uri": uri(self.path)}, "options": {"tabSize": 2, "insertSpaces": True}}
        return self.ed.request("textDocument/formatting", named)

    def test_it_is_that_of_fmt(self):
        messy = GRAPH.replace("    entry: frontend", "    entry:   frontend   # 😀").replace("  Big:\n", "\n\n\n  Big:\n")
        self.ed.change(self.path, messy)
        self.path.write_text(messy)
        subprocess.run([os.environ["DYNAMO"], "graph", "fmt", self.path], timeout=60, check=True, capture_output=True)
        text = edited(messy, self.format())
        self.assertEqual(text, self.path.read_text())
        self.assertNotEqual(text, messy)
        self.ed.change(self.path, text)
        self.assertEqual(self.format(), [])

    def test_other_files_are_left_as_they_are(self):
        for text in ("- hosts:   all\n", "# a\n", "---\n", "kind:   Pod\n", "a\n"):
            self.ed.change(self.path, text)
            self.assertIsNone(self.format(), text)

    def test_a_broken_text_is_left_as_it_is(self):
        self.ed.change(self.path, GRAPH + "x: {")
        with self.assertRaises(Failed) as caught:
            self.format()
        self.assertEqual(caught.exception.code, -32803)


if __name__ == "__main__":
    unittest.main(verbosity=2)
