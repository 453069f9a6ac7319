"""What `dynamo graph lsp` knows about a graph file: completion, hover, definitions, uses, renaming, fixes, symbols.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_features.py Completion.test_NAME
"""
import copy, json, os, subprocess, time, unittest
from pathlib import Path

from client import EVERYTHING, MARK, Editor, Failed, edited, position, unmarked, uri
from test_protocol import Case, ROOT

LLM = ROOT / "examples" / "llm"

PARTS = """apiVersion: dynamo/v1
interfaces:
  Metrics: {doc: numbers for people, endpoints: {scrape: {protocol: http}}}
components:
  Prometheus:
    implements: [Metrics]
    command: [prom, "${self.port.scrape}"]
    endpoints: {scrape: {port: 9090}}
"""

GRAPH = """apiVersion: dynamo/v1
imports:
  - {file: parts/metrics.yaml, as: acme}
interfaces:
  Frontend: {doc: the door, endpoints: {chat: Ask -> stream Chunk}}
  Backend: {endpoints: {generate: Tokens -> stream Tokens}}
  KvBackend: {extends: [Backend], endpoints: [events]}
  Router: {endpoints: [route]}
components:
  Door:
    doc: speaks HTTP
    implements: [Frontend]
    command: [door, --model, "${params.model}", --to, "${clients.backend}"]
    endpoints: {chat: {port: 8000}}
    clients: {backend: Backend, router: optional Router}
    params: {model: "string = ${graph.model}", mode: enum(fast|slow) = fast}
    ready: {http: {path: /health, port: chat}}
  Mock:
    implements: [Backend]
    command: [mock]
    endpoints: [generate]
    params: {tp: int = 1}
  Big:
    extends: Mock
    params: {tp: int = 4}
  Kv:
    implements: [KvBackend]
    command: [kv]
    endpoints: [generate, events]
  KvRouter: {implements: [Router], command: [r, "${clients.workers.generate}"], endpoints: [route], clients: {workers: many KvBackend}}
specs:
  Agg:
    doc: one of each
    entry: frontend
    params: {model: string = tiny}
    slots:
      frontend: Frontend = Door
      backend: Backend = Mock
    sidecars: {metrics: optional acme.Metrics = acme.Prometheus}
  Routed:
    extends: Agg
    slots:
      backend: KvBackend = Kv
      router: optional Router
graphs:
  small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}
  big: {extends: small, bind: {backend: Big}, params: {model: large}}
  routed: {spec: Routed, bind: {router: KvRouter}, wire: {frontend.router: router}, sidecars: {metrics: none}}
"""


class Knows(Case):
    def setUp(self):
        super().setUp()
        self.path = self.write("graph.yaml", GRAPH)
        self.parts = self.write("parts/metrics.yaml", PARTS)
        self.open_editor()

    def open_editor(self, **options):
        self.ed = self.editor(folder=self.folder, **options)
        self.ed.open(self.path)
        self.assertEqual(self.ed.diagnostics(self.path), [])

    def at(self, context, word=None):
        """The index of a word within a piece of GRAPH."""
        begin = GRAPH.index(context)
        return begin + (context.index(word) if word else 0)


class Completion(Knows):
    def typed(self, old, new):
        """The items at the mark when `old` has become `new`."""
        self.assertEqual(GRAPH.count(old), 1, old)
        items = self.ed.complete(self.path, GRAPH.replace(old, new))
        self.assertEqual([one["sortText"] for one in items], sorted(one["sortText"] for one in items))
        return items

    def labels(self, old, new):
        return [one["label"] for one in self.typed(old, new)]

    def result(self, old, new, label):
        """The line of the cursor when an item was taken."""
        item = next(one for one in self.typed(old, new) if one["label"] == label)
        text = edited(self.ed.texts[self.path], [item["textEdit"]])
        return text.split("\n")[item["textEdit"]["range"]["start"]["line"]]

    def test_keys_of_the_mapping_that_are_not_there_yet(self):
        cases = [  # a line, with the mark; what must be offered, what must not
            ("  Big:\n    extends: Mock\n", "  Big:\n    extends: Mock\n    re▮\n", ["replicas", "ready", "restart"],
             ["extends", "params", "apiVersion", "bind"]),
            ("  Big:\n    extends: Mock\n", "  Big:\n    ▮\n    extends: Mock\n", ["command", "doc"], ["extends", "params"]),
            ("    params: {tp: int = 4}\n", "    params: {tp: int = 4}\n    ▮\n", ["ready"], ["extends", "params"]),
            ("    ready: {http: {path: /health, port: chat}}", "    ready: {▮}", ["http", "timeout", "log"], ["failures"]),
            ("    ready: {http: {path: /health, port: chat}}", "    ready: {http: {path: /health, ▮}}", ["port", "status"],
             ["path", "timeout"]),
            ("    ready: {http: {path: /health, port: chat}}", "    ready: {http: /x, ▮", ["timeout"], ["tcp", "http"]),
            ("small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}", "small: {spec: Agg, ▮}", ["bind", "params", "wire"],
             ["spec", "extends"]),
            ("small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}", "small: {bi▮}", ["bind", "spec", "extends"], ["slots"]),
            ("small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}", "small: {spec: Agg, bind: {backend: {params: {tp: 2}, ▮}}}",
             ["use", "replicas"], ["params", "command"]),
            ("small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}", "small:\n    spec: Agg\n    bind:\n      backend:\n        ▮",
             ["use", "replicas", "params"], ["command"]),
            ("interfaces:\n", "▮\ninterfaces:\n", [], ["imports", "interfaces"]),
            ("graphs:\n", "gr▮\n", ["graphs"], ["specs", "imports"]),
            ("  - {file: parts/metrics.yaml, as: acme}", "  - {file: parts/metrics.yaml, ▮}", ["as"], ["file"]),
            ("endpoints: {chat: {port: 8000}}", "endpoints: {chat: {port: 8000, ▮}}", ["path", "listen", "protocol"], ["port"]),
        ]
        for old, new, wanted, unwanted in cases:
            found = self.labels(old, new)
            self.assertEqual([one for one in wanted if one not in found], [], new)
            self.assertEqual([one for one in unwanted if one in found], [], new)

    def test_a_key_comes_with_its_colon_and_a_line_about_it(self):
        items = self.typed("    params: {tp: int = 4}\n", "    repl▮\n")
        item = next(one for one in items if one["label"] == "replicas")
        self.assertEqual(item["textEdit"]["newText"], "replicas: ")
        self.assertIn("how many processes", item["documentation"]["value"])
        self.assertEqual(self.result("    params: {tp: int = 4}\n", "    repl▮: 2\n", "replicas"), "    replicas: 2")
        self.assertEqual(self.result("    params: {tp: int = 4}\n", "    e▮\n", "env"), "    env:")

    def test_needed_keys_come_first(self):
        self.assertEqual(self.labels("  Big:\n    extends: Mock\n    params: {tp: int = 4}\n", "  Big:\n    ▮\n")[:2],
                         ["extends", "command"])
        self.assertEqual(self.labels("small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}", "small: {▮}")[:2],
                         ["spec", "extends"])

    def test_snippets_only_for_those_who_can(self):
        self.assertTrue(all("insertTextFormat" not in one for one in self.typed("  Big:\n", "  Big:\n    ▮\n")))
        able = copy.deepcopy(EVERYTHING)
        able["textDocument"]["completion"]["completionItem"]["snippetSupport"] = True
        self.open_editor(capabilities=able)
        items = {one["label"]: one for one in self.typed("  Big:\n", "  Big:\n    ▮\n")}
        self.assertEqual(items["env"]["textEdit"]["newText"], "env:\n  $0")
        self.assertEqual(items["env"]["insertTextFormat"], 2)
        self.assertEqual(items["command"]["textEdit"]["newText"], "command: [$0]")

    def test_words_of_closed_lists(self):
        port = "endpoints: {chat: {port: 8000}}"
        for old, new, wanted in (
                (port, "endpoints: {chat: {protocol: ▮}}", ["http", "grpc", "tcp", "unix", "dyn"]),
                (port, "endpoints: {chat: {protocol:▮}}", ["http", "grpc", "tcp", "unix", "dyn"]),
                (port, "endpoints: {chat: {listen: ▮}}", ["port", "fd"]),
                (port, "endpoints: {chat: {port: ▮}}", ["auto"]),
                ("  Big:\n", "  Big:\n    runtime: ▮\n", ["process", "dynamo"]),
                ("  Big:\n", "  Big:\n    restart: {policy: al▮}\n", ["never", "on-failure", "always"]),
                ("  Big:\n", "  Big:\n    stop:\n      signal: ▮\n", ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2"]),
                ("mode: enum(fast|slow) = fast}", "mode: ▮}", ["string", "int", "number", "bool", "duration", "size", "enum(a|b)"]),
                ("apiVersion: dynamo/v1\nimports", "apiVersion: ▮\nimports", ["dynamo/v1"])):
            self.assertEqual(self.labels(old, new), wanted, new)
        self.assertEqual(self.result(port, "endpoints: {chat: {protocol:▮}}", "unix"), "    endpoints: {chat: {protocol: unix}}")

    def test_components_that_fit_come_first(self):
        small = "small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}"
        for new in ("small: {spec: Agg, bind: {backend: ▮}}", "small: {spec: Agg, bind: {backend: ▮", "small: {spec: Agg, bind: {backend: Mo▮",
                    "small: {spec: Agg, bind: {backend: {use: ▮}}}", "small: {spec: Agg, bind: {backend: {use: ▮",
                    "small: {spec: Agg, bind: {backend: [▮", "small: {spec: Agg, bind: {backend: \"▮"):
            found = self.labels(small, new)
            self.assertEqual(found[:3], ["Mock", "Big", "Kv"], new)
            self.assertIn("Door", found)
        found = self.labels(small, "small: {spec: Routed, bind: {backend: ▮}}")
        self.assertEqual(found[0], "Kv")
        self.assertEqual(self.labels(small, "small: {spec: Routed, bind: {router: ▮}}")[:2], ["KvRouter", "none"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, sidecars: {metrics: ▮}}")[:2], ["acme.Prometheus", "none"])
        self.assertEqual(self.labels("backend: Backend = Mock", "backend: Backend = ▮")[:3], ["Mock", "Big", "Kv"])
        self.assertEqual(self.labels("backend: KvBackend = Kv", "backend: many KvBackend = Kv, ▮")[0], "Kv")

    def test_types_interfaces_specs_graphs(self):
        self.assertEqual(self.labels("backend: Backend = Mock", "backend: ▮")[:5],
                         ["acme.Metrics", "Frontend", "Backend", "KvBackend", "Router"])
        self.assertIn("optional", self.labels("backend: Backend = Mock", "backend: ▮"))
        self.assertNotIn("optional", self.labels("backend: Backend = Mock", "backend: optional ▮"))
        self.assertIn("many", self.labels("backend: Backend = Mock", "backend: optional ▮"))
        self.assertNotIn("many", self.labels("backend: Backend = Mock", "backend: many ▮"))
        self.assertEqual(self.labels("backend: Backend = Mock", "backend: Backend ▮"), [])
        self.assertIn("KvBackend", self.labels("router: optional Router}\n", "router: optional Ro▮}\n"))
        self.assertEqual(self.labels("implements: [KvBackend]", "implements: [▮]"),
                         ["acme.Metrics", "Frontend", "Backend", "KvBackend", "Router"])
        self.assertEqual(self.result("implements: [KvBackend]", "implements: ▮", "KvBackend"), "    implements: [KvBackend]")
        self.assertNotIn("KvBackend", self.labels("extends: [Backend]", "extends: [▮]"))
        self.assertEqual(self.labels("small: {spec: Agg,", "small: {spec: ▮,"), ["Agg", "Routed"])
        self.assertEqual(self.labels("big: {extends: small,", "big: {extends: ▮,"), ["small", "routed"])
        self.assertNotIn("Big", self.labels("extends: Mock\n", "extends: ▮\n"))
        self.assertIn("Mock", self.labels("extends: Mock\n", "extends: ▮\n"))

    def test_slots_params_endpoints_and_clients(self):
        small = "small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}"
        self.assertEqual(self.labels("entry: frontend", "entry: ▮"), ["frontend", "backend"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, bind: {▮"), ["frontend", "backend"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, bind: {backend: Mock, ▮}}"), ["frontend"])
        self.assertEqual(self.labels(small, "small:\n    spec: Agg\n    bind:\n      ▮"), ["frontend", "backend"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, sidecars: {▮}}"), ["metrics"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, params: {▮}}"), ["model"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, bind: {backend: {use: Big, params: {▮}}}}"), ["tp"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, bind: {frontend: {params: {m▮}}}}"), ["model", "mode"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, bind: {frontend: {params: {mode: ▮}}}}"), ["fast", "slow"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, bind: {frontend: {endpoints: {▮}}}}"), ["chat"])
        self.assertEqual(self.labels(small, "small: {spec: Agg, wire: {▮}}"), ["frontend.backend", "frontend.router"])
        self.assertEqual(self.labels("wire: {frontend.router: router}", "wire: {frontend.router: ▮}")[:2], ["router", "none"])
        self.assertEqual(self.labels("endpoints: [generate, events]", "endpoints: [▮]"), ["generate", "events"])
        self.assertEqual(self.labels("endpoints: [generate, events]", "endpoints: {generate: , ▮}"), ["events"])
        self.assertEqual(self.labels("port: chat}}", "port: ▮}}"), ["chat"])

    def test_references(self):
        line = 'command: [door, --model, "${params.model}", --to, "${clients.backend}"]'
        for typed, wanted in (('"${▮', ["params", "graph", "env", "self", "clients"]), ('"x=${▮"]', ["params", "graph", "env", "self", "clients"]),
                              ('"${params.▮"]', ["model", "mode"]), ('"${params.mo▮}"]', ["model", "mode"]),
                              ('"${graph.▮"]', ["model", "name", "namespace"]), ('"${self.port.▮"]', ["chat"]),
                              ('"${self.▮"]', ["slot", "replica", "gpus", "run_dir", "port", "listen"]),
                              ('"${clients.▮"]', ["backend", "router"]), ('"${clients.backend.▮"]', ["generate"]),
                              ('"${params.model:-▮"]', []), ("${params.▮]", ["model", "mode"])):
            self.assertEqual(self.labels(line, "command: [door, " + typed), wanted, typed)
        self.assertEqual(self.result(line, 'command: [door, "${params.▮"]', "model"), '    command: [door, "${params.model}"]')
        self.assertEqual(self.result(line, 'command: [door, "${params.m▮}"]', "model"), '    command: [door, "${params.model}"]')
        self.assertEqual(self.result(line, 'command: [door, "${se▮"]', "self"), '    command: [door, "${self."]')
        self.assertEqual(self.labels("  Big:\n", "  Big:\n    replicas: ${▮\n"), ["params", "graph", "env"])
        self.assertEqual(self.labels("params: {model: large}", "params: {model: \"${▮\"}"), ["graph", "env"])

    def test_paths_of_imports(self):
        self.write("zoo.yml", "")
        self.write("notes.txt", "")
        self.write("parts/deep/more.yaml", "")
        old = "  - {file: parts/metrics.yaml, as: acme}"
        self.assertEqual(self.labels(old, "  - {file: ▮, as: acme}"), ["zoo.yml", "parts/"])
        self.assertEqual(self.labels(old, "  - {file: parts/▮, as: acme}"), ["metrics.yaml", "deep/"])
        self.assertEqual(self.labels(old, "  - ▮"), ["file", "zoo.yml", "parts/", "as"])
        self.assertEqual(self.result(old, "  - {file: parts/me▮, as: acme}", "metrics.yaml"), "  - {file: parts/metrics.yaml, as: acme}")
        self.assertEqual(self.labels(old, "  - {file: nowhere/▮}"), [])

    def test_nothing_where_nothing_is_known(self):
        for old, new in (("doc: speaks HTTP", "doc: spe▮"), ("doc: speaks HTTP", "# comm▮"), ("doc: speaks HTTP", "doc: |\n      te▮\n"),
                         ("doc: speaks HTTP", "x-mine: {a: ▮}"), ("doc: speaks HTTP", "nope: {▮}"), ("command: [mock]", "command: [mo▮]")):
            self.assertEqual(self.labels(old, new), [], new)

    def test_names_stay_known_while_the_file_is_broken_elsewhere(self):
        small = "small: {spec: Agg, bind: {backend: {params: {tp: 2}}}}"
        for broken in ("big: {extends: small, bind: [}", "big: \"open", "big: {extends: \"small"):
            text = GRAPH.replace(GRAPH[self.at("big: {ext"):GRAPH.index("\n", self.at("big: {ext"))], broken)
            self.ed.change(self.path, text)
            self.ed.change(self.path, text.replace(small, "small: {spec: Agg, bind: {backend: }}"))
            items = self.ed.complete(self.path, text.replace(small, "small: {spec: Agg, bind: {backend: ▮}}"))
            self.assertEqual([one["label"] for one in items][:3], ["Mock", "Big", "Kv"], broken)


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
        self.open_editor(capabilities={})
        flat = self.ed.request("textDocument/documentSymbol", named)
        self.assertIn(("backend", "Agg"), [(one["name"], one.get("containerName")) for one in flat])


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
        self.assertTrue(self.actions(GRAPH.replace("entry:", "entri:"), "entri")[0]["isPreferred"])
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

    def test_a_broken_text_is_left_as_it_is(self):
        self.ed.change(self.path, GRAPH + "x: {")
        with self.assertRaises(Failed) as caught:
            self.format()
        self.assertEqual(caught.exception.code, -32803)


class Typing(Case):
    def test_a_file_typed_letter_by_letter(self):
        """Nothing crashes, every question is answered in time, and in the end nothing is wrong."""
        path = self.folder / "graph.yaml"
        self.write("parts/metrics.yaml", PARTS)
        editor = self.editor(folder=self.folder)
        editor.open(path, "")
        slowest = 0
        for index, letter in enumerate(GRAPH):
            editor.change(path, (index, index, letter))
            begin = time.monotonic()
            items = editor.ask("completion", path, index + 1)["items"]
            for one in items:
                place = one["textEdit"]["range"]
                self.assertEqual(place["start"]["line"], place["end"]["line"])
            if index % 5 == 0:
                for method in ("hover", "definition", "documentHighlight", "prepareRename"):
                    try:
                        editor.ask(method, path, index)
                    except Failed as refused:
                        self.assertEqual((method, refused.code), ("prepareRename", -32803))
                editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri(path)}})
            slowest = max(slowest, time.monotonic() - begin)
        self.assertEqual(editor.diagnostics(path), [])
        self.assertLess(slowest, 5)
        # And taken away again, from the front.
        for index in range(0, len(GRAPH), 7):
            editor.change(path, (0, min(7, len(editor.texts[path])), ""))
            editor.ask("completion", path, min(3, len(editor.texts[path])))
        self.assertEqual(editor.diagnostics(path), [])
        status, memory = editor.end()
        self.assertEqual((status, editor.errors), (0, ""))
        self.assertLess(memory, 60)

    def test_a_large_file_is_answered_in_time(self):
        lines = ["apiVersion: dynamo/v1", "interfaces: {B: {endpoints: [g]}}", "components:"]
        lines += [f"  C{number}: {{implements: [B], command: [c], endpoints: [g]}}" for number in range(5000)]
        lines += ["specs:", "  S: {entry: s, slots: {s: B = C0}}", "graphs:", "  g: {spec: S, bind: {s: C4999}}", ""]
        text = "\n".join(lines)
        path = self.folder / "graph.yaml"
        editor = self.editor()
        editor.open(path, text)
        editor.diagnostics(path)
        begin = time.monotonic()
        end = text.index("C4999}}")
        editor.change(path, (end + 1, end + 1, "x"))
        self.assertEqual(len(editor.ask("completion", path, end + 2)["items"]), 5000)
        self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0201"])
        self.assertLess(time.monotonic() - begin, 30)
        status, memory = editor.end()
        self.assertEqual(status, 0)
        self.assertLess(memory, 300)


if __name__ == "__main__":
    unittest.main(verbosity=2)
