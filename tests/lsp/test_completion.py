"""What `dynamo graph lsp` offers while somebody types.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_completion.py Completion.test_NAME
"""
import copy, time, unittest

from client import EVERYTHING, MARK, Failed, edited, uri
from graph_case import GRAPH, PARTS, Knows
from test_protocol import Case


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

    def test_quotes_stay_whole(self):
        old = "  - {file: parts/metrics.yaml, as: acme}"
        big = "  Big:\n    extends: Mock\n"
        self.assertEqual(self.labels(big, big + '    implements: "▮"\n'), [])
        self.assertEqual(self.result(big, big + '    implements: ["▮"]\n', "Backend"), '    implements: ["Backend"]')
        self.assertEqual(self.result("small: {spec: Agg, bind: {backend:", 'small: {spec: Agg, bind: {"▮"}, env: {x: {y:', "frontend"),
                         '  small: {spec: Agg, bind: {"frontend"}, env: {x: {y: {params: {tp: 2}}}}')
        self.assertEqual(self.result("small: {spec: Agg, bind: {backend:", 'small: {spec: Agg, bind: {"▮":', "backend"),
                         '  small: {spec: Agg, bind: {"backend": {params: {tp: 2}}}}')
        self.assertEqual(self.labels(old, '  - "▮"'), ["parts/"])
        self.assertEqual(self.result(old, '  - "parts/▮"', "metrics.yaml"), '  - "parts/metrics.yaml"')
        self.assertEqual(self.labels(old, "  - ./▮"), ["parts/"])
        self.assertEqual(self.labels(old, "  - parts/▮"), ["metrics.yaml"])

    def test_sidecars_that_graphs_add(self):
        end = "  routed: {spec: Routed,"
        more = "  listed: {spec: Agg, sidecars: [Door]}\n  named: {spec: Agg, sidecars: {extra: Door}}\n"
        for graph, wanted in (("new: {extends: listed, wire: {▮}}", ["door.backend", "door.router"]),
                              ("new: {extends: named, wire: {▮}}", ["extra.backend", "extra.router"]),
                              ("new: {spec: Agg, sidecars: {own: Door}, wire: {▮}}", ["own.backend", "own.router"])):
            self.assertEqual(self.labels(end, more + "  " + graph + "\n" + end), ["frontend.backend", "frontend.router"] + wanted)
        self.assertEqual(self.labels(end, more + "  new: {extends: named, wire: {extra.backend: ▮}}\n" + end)[:1], ["backend"])
        self.assertEqual(self.labels(end, more + "  new: {extends: named, sidecars: {▮}}\n" + end), ["metrics", "extra"])

    def test_what_a_component_may_say_anew(self):
        end = "  KvRouter: {implements"
        self.assertEqual(self.labels(end, "  Kid: {extends: Door, params: {▮}}\n" + end), ["model", "mode"])
        self.assertEqual(self.labels(end, "  Kid: {extends: Door, params: {mode: int, ▮}}\n" + end), ["model"])
        self.assertEqual(self.labels(end, "  Kid: {extends: Door, clients: {▮}}\n" + end), ["backend", "router"])

    def test_defaults_of_params(self):
        self.assertEqual(self.labels("mode: enum(fast|slow) = fast}", "mode: enum(fast|slow) = ▮}"), ["fast", "slow"])
        self.assertEqual(self.labels("params: {tp: int = 1}", "params: {tp: bool = ▮}"), ["true", "false"])
        self.assertEqual(self.labels("params: {tp: int = 1}", "params: {tp: int = ▮}"), [])

    def test_a_component_that_nothing_uses_yet_sees_the_params_of_all_specs(self):
        new = '  New: {command: [n, "${graph.▮}"]}\n  KvRouter: {implements'
        self.assertEqual(self.labels("  KvRouter: {implements", new), ["model", "name", "namespace"])

    def test_an_item_of_a_list_has_the_names_of_its_component(self):
        specs = GRAPH.replace("backend: Backend = Mock", "backend: many Backend = Mock")
        for item, wanted in (("{use: Door, params: {▮}}, {use: Mock}", ["model", "mode"]), ("{use: Door}, {use: Mock, params: {▮}}", ["tp"]),
                             ("{use: Door}, {use: Mock, env: {A: \"${params.▮}\"}}", ["tp"])):
            text = specs.replace("bind: {backend: {params: {tp: 2}}}", "bind: {backend: [" + item + "]}")
            self.assertEqual([one["label"] for one in self.ed.complete(self.path, text)], wanted, item)

    def test_references_in_blocks_of_text(self):
        line = '    command: [door, --model, "${params.model}", --to, "${clients.backend}"]\n'
        for block in ("    env:\n      A: |\n        x ${params.▮\n", "    env:\n      A: >-\n        x\n        ${params.▮}\n",
                      "    command:\n      - sh\n      - |\n        run ${params.▮}\n"):
            self.assertEqual(self.labels(line, block), ["model", "mode"], block)
        self.assertEqual(self.labels(line, "    command:\n      - |\n        re▮\n        doc: x\n"), [])
        self.assertEqual(self.labels("    doc: speaks HTTP\n", "    doc: |\n      ${params.▮\n"), [])

    def test_a_dollar_sign_is_no_reference(self):
        line = 'command: [door, --model, "${params.model}", --to, "${clients.backend}"]'
        self.assertEqual(self.labels(line, 'command: [door, "$${▮"]'), [])
        self.assertEqual(self.labels(line, 'command: [door, "$$${▮"]')[:2], ["params", "graph"])

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
