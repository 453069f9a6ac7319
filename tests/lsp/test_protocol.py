"""How `dynamo graph lsp` keeps to the protocol: frames, life cycle, texts, and diagnostics.

Run one test with: DYNAMO=build/release/bin/dynamo python3 test_protocol.py Protocol.test_NAME
"""
import json, os, random, re, subprocess, tempfile, unittest
from pathlib import Path

from client import EVERYTHING, Editor, Failed, edited, index_of, position, uri

ROOT = Path(__file__).resolve().parents[2]
LLM = ROOT / "examples" / "llm"

INTERFACES = """apiVersion: dynamo/v1
interfaces:
  Backend: {endpoints: [generate]}
"""
GRAPH = """apiVersion: dynamo/v1
imports: [interfaces.yaml]
components:
  Mock: {implements: [Backend], command: [mock], endpoints: [generate]}
specs:
  Agg: {entry: backend, slots: {backend: Backend = Mock}}
graphs:
  small: {spec: Agg}
"""


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.editors = []

    def editor(self, **options):
        one = Editor(**options)
        self.addCleanup(one.close)
        return one

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path


class Protocol(Case):
    def test_nothing_is_served_before_initialize(self):
        editor = self.editor(start=False)
        with self.assertRaises(Failed) as caught:
            editor.request("textDocument/hover", {})
        self.assertEqual(caught.exception.code, -32002)
        editor.notify("textDocument/didOpen", {})  # dropped, as the protocol says
        self.assertIn("capabilities", editor.request("initialize", {"capabilities": {}}))
        with self.assertRaises(Failed) as caught:
            editor.request("initialize", {"capabilities": {}})
        self.assertEqual(caught.exception.code, -32600)

    def test_what_is_unknown_is_refused_or_ignored(self):
        editor = self.editor()
        for method in ("textDocument/formattingX", "$/whatever", "shutdownX"):
            with self.assertRaises(Failed) as caught:
                editor.request(method, {})
            self.assertEqual(caught.exception.code, -32601)
        editor.notify("$/cancelRequest", {"id": 1})
        editor.notify("textDocument/whatever", {"a": 1})
        editor.send({"jsonrpc": "2.0", "id": 77, "result": None})  # an answer to no question
        with self.assertRaises(Failed) as caught:
            editor.request("textDocument/hover", {"textDocument": {"uri": uri("/none.yaml")},
                                                  "position": {"line": 0, "character": 0}})
        self.assertEqual(caught.exception.code, -32602)

    def test_bad_parameters_are_refused_and_harm_nothing(self):
        editor = self.editor()
        path = self.write("graph.yaml", GRAPH)
        editor.open(path, GRAPH)
        named = {"uri": uri(path)}
        for params in (None, [], 5, "x", {}, {"textDocument": 5}, {"textDocument": {"uri": 5}},
                       {"textDocument": named}, {"textDocument": named, "position": {"line": -1, "character": 0}},
                       {"textDocument": named, "position": {"line": "a", "character": 0}}):
            with self.assertRaises(Failed) as caught:
                editor.request("textDocument/hover", params)
            self.assertEqual(caught.exception.code, -32602, params)
        for params in (None, {"textDocument": named}, {"textDocument": named, "contentChanges": {}}):
            editor.notify("textDocument/didChange", params)
        place = {"line": 2**31 - 1, "character": 2**40}
        self.assertIsNone(editor.request("textDocument/hover", {"textDocument": named, "position": place}))

    def test_exit_statuses(self):
        self.assertEqual(self.editor().end()[0], 0)
        editor = self.editor()
        editor.notify("exit")
        self.assertEqual(editor.ended()[0], 1)
        editor = self.editor()
        editor.process.stdin.close()
        self.assertEqual(editor.ended()[0], 1)
        editor = self.editor()
        editor.request("shutdown")
        with self.assertRaises(Failed) as caught:
            editor.request("shutdown")
        self.assertEqual(caught.exception.code, -32600)
        editor.process.stdin.close()
        self.assertEqual(editor.ended()[0], 0)
        self.assertEqual(editor.errors, "")

    def test_a_message_may_come_in_pieces_and_with_other_fields(self):
        editor = self.editor(start=False)
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}).encode()
        header = b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:  %d \r\n\r\n" % len(body)
        for byte in header + body:
            editor.write(bytes([byte]))
        self.assertIn("capabilities", editor.answer(1))

    def test_bad_json_is_told_and_the_next_message_is_read(self):
        editor = self.editor()
        cases = [(b"{", -32700), (b"", -32700), (b"\xff\xfe", -32700), (b"[" * 100_000, -32700), (b"[]", -32600),
                 (b"5", -32600), (b'{"jsonrpc":"2.0","id":{},"method":"x"}', -32600), (b'{"id":5}', -32600),
                 (b'{"id":6,"method":7}', -32600)]
        for body, code in cases:
            editor.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            message = editor.receive()
            self.assertEqual(message["error"]["code"], code, body[:50])
        self.assertEqual(editor.end()[0], 0)

    def test_bad_headers_are_told_and_the_next_message_is_read(self):
        editor = self.editor()
        for junk in (b"hello\r\n\r\n", b"Content-Length: x\r\n\r\n", b"Content-Length: -5\r\n\r\n", b"\r\n\r\n",
                     b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n", b"A" * 10_000,
                     b"Content-Length: 99999999999999999999999\r\n\r\n"):
            editor.write(junk)
            number = editor.start_request("shutdownX")
            codes = []
            while True:
                message = editor.receive()
                codes.append(message["error"]["code"])
                if message["id"] == number:
                    break
            self.assertEqual(codes[-1], -32601, junk[:30])
            self.assertEqual(set(codes[:-1]), {-32700}, junk[:30])
        self.assertEqual(editor.end()[0], 0)

    def test_a_huge_message_is_skipped_and_takes_no_memory(self):
        editor = self.editor()
        size = 200 << 20
        editor.write(b"Content-Length: %d\r\n\r\n" % size)
        block = b" " * (1 << 20)
        for _ in range(size >> 20):
            editor.write(block)
        self.assertEqual(editor.receive()["error"]["code"], -32600)
        status, memory = editor.end()
        self.assertEqual(status, 0)
        self.assertLess(memory, 50)

    def test_noise_neither_stops_nor_crashes_it(self):
        for seed in range(20):
            chance = random.Random(seed)
            editor = self.editor(start=chance.random() < 0.5)
            try:
                for _ in range(30):
                    body = chance.randbytes(chance.randrange(60))
                    if chance.random() < 0.5:
                        body = json.dumps({"jsonrpc": "2.0", "id": chance.choice([1, "a", None, [], 1.5]),
                                           "method": chance.choice(["initialize", "textDocument/didOpen", "exitX",
                                                                    "textDocument/completion", "textDocument/rename"]),
                                           "params": chance.choice([None, {}, [], {"textDocument": {"uri": "file:"}}])
                                           }).encode()
                    length = len(body) if chance.random() < 0.8 else chance.randrange(100)
                    editor.write(b"Content-Length: %d\r\n\r\n%s" % (length, body))
                editor.process.stdin.close()
            except BrokenPipeError:
                self.fail(f"it has ended early (seed {seed})")
            self.assertIn(editor.ended()[0], (0, 1), f"seed {seed}")
            self.assertEqual(editor.errors, "")

    def test_it_asks_to_be_told_about_changed_files_only_who_can(self):
        able = {**EVERYTHING, "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
        editor = self.editor(capabilities=able)
        editor.settle()
        self.assertEqual([one["method"] for one in editor.asked], ["client/registerCapability"])
        editor = self.editor()
        editor.settle()
        self.assertEqual(editor.asked, [])


    def send_at_once(self, editor, *messages):
        bodies = [json.dumps({"jsonrpc": "2.0", **one}).encode() for one in messages]
        editor.write(b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(one), one) for one in bodies))

    def test_a_cancelled_request_is_not_computed(self):
        editor = self.editor()
        path = self.write("graph.yaml", GRAPH)
        editor.open(path, GRAPH)
        editor.diagnostics(path)
        params = {"textDocument": {"uri": uri(path)}, "position": {"line": 99, "character": 0}}
        hover = {"method": "textDocument/hover", "params": params}
        self.send_at_once(editor, {**hover, "id": 100}, {**hover, "id": "a"}, {**hover, "id": 102},
                          {"method": "$/cancelRequest", "params": {"id": "a"}}, {"method": "$/cancelRequest", "params": {"id": 102}},
                          {"method": "$/cancelRequest", "params": {"id": 5}}, {"method": "$/cancelRequest"})
        self.assertIsNone(editor.answer(100))
        for number in ("a", 102):
            with self.assertRaises(Failed) as caught:
                editor.answer(number)
            self.assertEqual(caught.exception.code, -32800)
        self.assertEqual(editor.end()[0], 0)

    def test_a_change_without_a_version_is_made(self):
        editor = self.editor()
        editor.open("/x.yaml", "apiVersion: dynamo/v1\n")
        editor.diagnostics("/x.yaml")
        editor.notify("textDocument/didChange", {"textDocument": {"uri": uri("/x.yaml"), "version": None},
                                                 "contentChanges": [{"text": "apiVersion: dynamo/v1\nnope: 1\n"}]})
        editor.settle()
        last = [one for one in editor.published if one["uri"] == uri("/x.yaml")][-1]
        self.assertNotIn("version", last)
        self.assertEqual([one["code"] for one in last["diagnostics"]], ["DG0101"])


class Texts(Case):
    TEXT = "apiVersion: dynamo/v1\ncomponents:\n  # 😀 é 漢字\n  A: {command: [\"😀 ${x}\", b], nope: 1}\n  B: {commandd: [x]}\n"

    def expected(self, encoding):
        return sorted((position(self.TEXT, self.TEXT.index(word), encoding)["line"],
                       position(self.TEXT, self.TEXT.index(word), encoding)["character"],
                       position(self.TEXT, self.TEXT.index(word) + length, encoding)["character"])
                      for word, length in (("${x}", 4), ("nope", 4), ("commandd", 8)))

    @staticmethod
    def places(diagnostics):
        return sorted((one["range"]["start"]["line"], one["range"]["start"]["character"],
                       one["range"]["end"]["character"]) for one in diagnostics)

    def test_places_are_counted_as_agreed(self):
        for encodings, agreed in ((["utf-8", "utf-16"], "utf-8"), (["utf-16"], "utf-16"), (["utf-32"], "utf-16"),
                                  (None, "utf-16")):
            capabilities = {"general": {"positionEncodings": encodings}} if encodings else {}
            editor = self.editor(capabilities=capabilities)
            self.assertEqual(editor.encoding, agreed)
            editor.open("/x.yaml", self.TEXT)
            self.assertEqual(self.places(editor.diagnostics("/x.yaml")), self.expected(agreed))

    def test_pieces_make_the_same_text_as_the_whole(self):
        for encoding in ("utf-8", "utf-16"):
            editor = self.editor(capabilities={"general": {"positionEncodings": [encoding]}})
            for seed in range(5):
                chance = random.Random(seed)
                path = f"/{encoding}{seed}.yaml"
                editor.open(path, "")
                # Rubbish comes and goes; characters of the text are put in in any order.
                present = []
                text = self.TEXT.replace("\n", chance.choice(["\n", "\r\n"]))
                pieces = re.findall(r"\r\n|.", text, re.DOTALL)
                for index in chance.sample(range(len(pieces)), len(pieces)):
                    at = sum(len(pieces[other]) for other in present if other < index)
                    present.append(index)
                    changes = [(at, at, pieces[index])]
                    if chance.random() < 0.3:
                        noise = chance.choice(["x", "😀\n", "é", "\r\n", "漢"])
                        changes += [(at, at, noise), (at, at + len(noise), "")]
                    editor.change(path, *changes)
                self.assertEqual(editor.texts[path], text)
                self.assertEqual(self.places(editor.diagnostics(path)), self.expected(encoding), f"seed {seed}")

    def test_a_place_behind_the_end_of_a_line_is_its_end(self):
        editor = self.editor()
        editor.open("/x.yaml", "apiVersion: dynamo/v1\r\ngraphs: {}\r\n")
        editor.notify("textDocument/didChange", {
            "textDocument": {"uri": uri("/x.yaml"), "version": 2},
            "contentChanges": [{"range": {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 999}},
                                "text": "phsx: {}"},
                               {"range": {"start": {"line": 99, "character": 0}, "end": {"line": 99, "character": 9}},
                                "text": "nope: 1\n"}]})
        editor.versions["/x.yaml"] = 2
        found = editor.diagnostics("/x.yaml")
        self.assertEqual([one["code"] for one in found], ["DG0101", "DG0101"])
        self.assertEqual([one["range"]["end"] for one in found],
                         [{"line": 1, "character": 8}, {"line": 2, "character": 4}])


class Diagnostics(Case):
    def test_they_say_what_where_and_what_else(self):
        editor = self.editor()
        path = LLM / "wrong.yaml"
        editor.open(path)
        first, second = editor.diagnostics(path)
        self.assertEqual((first["code"], first["severity"], first["source"]), ("DG0401", 1, "dynamo"))
        self.assertEqual(editor.part(path, first["range"]), "Backend")
        self.assertTrue(first["message"].startswith("`Backend` is not a `Frontend`\n"), first["message"])
        self.assertIn("\nhelp: components that fit: `Frontend`", first["message"])
        related = first["relatedInformation"][0]
        self.assertEqual(related["location"]["uri"], uri(LLM / "graph.yaml"))
        self.assertEqual(editor.part(LLM / "graph.yaml", related["location"]["range"]), "Frontend")
        self.assertEqual(related["message"], "slot `frontend` takes a `Frontend`")
        self.assertEqual(first["data"], {"explain": "dynamo graph explain DG0401", "graph": "g4"})
        self.assertEqual(second["code"], "DG0404")

    def test_a_client_that_shows_one_place_gets_the_others_as_text(self):
        editor = self.editor(capabilities={})
        editor.open(LLM / "wrong.yaml")
        first = editor.diagnostics(LLM / "wrong.yaml")[0]
        self.assertNotIn("relatedInformation", first)
        self.assertRegex(first["message"], r"graph\.yaml:\d+:\d+: slot `frontend` takes a `Frontend`")

    def test_they_go_away_with_the_mistake_and_with_the_buffer(self):
        editor = self.editor()
        path = self.write("graph.yaml", GRAPH)
        self.write("interfaces.yaml", INTERFACES)
        editor.open(path, GRAPH.replace("spec: Agg}", "spec: Ag}"))
        self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0201"])
        editor.change(path, GRAPH)
        self.assertEqual(editor.diagnostics(path), [])
        editor.change(path, GRAPH + "nope: 1\n")
        self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0101"])
        editor.shut(path)
        self.assertEqual(editor.told(path), [])

    def test_mistakes_of_an_import_stand_in_the_import(self):
        editor = self.editor()
        path = self.write("graph.yaml", GRAPH)
        other = self.write("interfaces.yaml", INTERFACES.replace("endpoints", "endpoint"))
        editor.open(path)
        editor.diagnostics(path)
        self.assertEqual([one["code"] for one in editor.told(other)], ["DG0101"])
        # The buffer stands before the file, and clears what the file was blamed for.
        editor.open(other, INTERFACES)
        self.assertEqual(editor.diagnostics(other), [])
        editor.shut(other)
        self.assertEqual([one["code"] for one in editor.told(other)], ["DG0101"])
        editor.shut(path)
        self.assertEqual(editor.told(other), [])

    def test_a_part_is_checked_with_those_who_import_it(self):
        part = "apiVersion: dynamo/v1\ncomponents:\n  Mock: {implements: [Backend], command: [mock], endpoints: [generate]}\n"
        whole = GRAPH.replace("[interfaces.yaml]", "[interfaces.yaml, part.yaml]")
        whole = "\n".join(line for line in whole.split("\n") if "Mock: {" not in line).replace("components:\n", "")
        root = self.write("graph.yaml", whole)
        self.write("interfaces.yaml", INTERFACES)
        path = self.write("part.yaml", part)
        alone = self.editor()
        alone.open(path)
        self.assertEqual([one["code"] for one in alone.diagnostics(path)], ["DG0201"])
        for folder, opened in ((None, [root, path]), (self.folder, [path])):
            editor = self.editor(folder=folder)
            for one in opened:
                editor.open(one)
            self.assertEqual(editor.told(path), [], folder)
            editor.change(path, part.replace("[generate]", "[generat]"))
            self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0301"])
        # While the whole cannot be read, the part is looked at alone and keeps its mistakes.
        editor = self.editor()
        editor.open(root, whole + "  broken: {")
        editor.open(path, part + "nope: 1\n")
        self.assertEqual({one["code"] for one in editor.told(path)}, {"DG0101", "DG0201"})

    def test_files_written_by_others_are_read_again(self):
        editor = self.editor()
        path = self.write("graph.yaml", GRAPH)
        editor.open(path)
        self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0203"])
        other = self.write("interfaces.yaml", INTERFACES)
        editor.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": uri(other), "type": 1}]})
        self.assertEqual(editor.told(path), [])

    def test_imports_that_are_no_files_do_not_hang_it(self):
        os.mkfifo(self.folder / "pipe.yaml")
        (self.folder / "folder.yaml").mkdir()
        editor = self.editor()
        path = self.folder / "graph.yaml"
        editor.open(path, "apiVersion: dynamo/v1\nimports: [pipe.yaml, folder.yaml, /dev/stdin, /dev/zero, none.yaml, '-']\n")
        found = editor.diagnostics(path)
        self.assertEqual([one["code"] for one in found], ["DG0203"] * 6)
        editor.change(path, "apiVersion: dynamo/v1\nimports: [graph.yaml]\n")
        self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0204"])

    def test_a_byte_order_mark_in_a_file_has_no_width(self):
        editor = self.editor()
        path = self.write("graph.yaml", GRAPH)
        other = self.write("interfaces.yaml", b"\xef\xbb\xbfnope: 1\n" + INTERFACES.encode())
        editor.open(path)
        editor.diagnostics(path)
        self.assertEqual(editor.told(other)[0]["range"]["start"], {"line": 0, "character": 0})

    def test_other_yaml_is_left_alone(self):
        editor = self.editor()
        for name, text in (("pod.yaml", "apiVersion: v1\nkind: Pod\nspec: {containers: [}\n"), ("empty.yaml", ""),
                           ("play.yaml", "- hosts: all\n  tasks: []\n"), ("scalar.yaml", "hello\n"), ("comment.yaml", "# only this\n"),
                           ("dashes.yaml", "---\n"), ("kustomization.yaml", "components:\n  - ../base\n"),
                           ("symfony.yaml", "imports:\n  - {resource: services.yaml}\n"), ("half.yaml", "apiVersion: v\n"),
                           ("compose.yaml", "services: {a: {image: b}}\n")):
            path = self.write(name, text)
            editor.open(path)
            self.assertEqual(editor.diagnostics(path), [], name)
            named = {"textDocument": {"uri": uri(path)}}
            if ":" in text:
                self.assertEqual(editor.ask("completion", path, len(text) - 2)["items"], [])
                self.assertIsNone(editor.ask("hover", path, 1))
            self.assertEqual(editor.request("textDocument/documentSymbol", named), [])
        # It becomes one.
        editor.change(path, "apiVersion: dynamo/v1\nnope: 1\n")
        self.assertEqual([one["code"] for one in editor.diagnostics(path)], ["DG0101"])

    def test_a_graph_file_is_known_by_its_version_however_it_is_written(self):
        editor = self.editor()
        for number, (text, codes) in enumerate((
                ("{apiVersion: dynamo/v1, componens: {}}\n", ["DG0101"]), ("\"apiVersion\": dynamo/v1\ncomponens: {}\n", ["DG0101"]),
                ("apiVersion : dynamo/v1\ncomponens: {}\n", ["DG0101"]), ("apiVersion: &v dynamo/v1\ncomponens: {}\n", ["DG0101"]),
                ("apiVersoin: dynamo/v1\n", ["DG0101"]), ("apiVersion: Dynamo/v1\n", ["DG0106"]), ("apiVersion: dynam\n", ["DG0106"]),
                ("components: {C: {command: [x]}}\n", ["DG0105"]))):
            path = self.folder / f"{number}.yaml"
            editor.open(path, text)
            self.assertEqual([one["code"] for one in editor.diagnostics(path)], codes, text)

    def test_a_burst_of_changes_is_checked_once(self):
        editor = self.editor()
        path = LLM / "graph.yaml"
        editor.open(path)
        editor.diagnostics(path)
        before = len(editor.published)
        text = path.read_text()
        frames = b""
        for number in range(500):
            editor.versions[path] += 1
            body = json.dumps({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
                "textDocument": {"uri": uri(path), "version": editor.versions[path]},
                "contentChanges": [{"text": text + "#" * number}]}}).encode()
            frames += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        editor.write(frames)
        self.assertEqual(editor.diagnostics(path), [])
        self.assertLess(len(editor.published) - before, 250)

    def test_they_are_those_of_validate(self):
        editor = self.editor()
        files = sorted((ROOT / "tests" / "golden").rglob("*.yaml")) + sorted((ROOT / "examples").rglob("*.yaml"))
        checked = 0
        for path in files:
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
            if text.startswith("\ufeff") or "\napiVersion: dynamo/v1" not in "\n" + text:
                continue
            target = [path]
            if "overlays" in path.parts and path.name not in ("graph.yaml", "parts.yaml"):
                base = next(one / "graph.yaml" for one in path.parents if (one / "graph.yaml").exists())
                target = [base, "-f", path]
            run = subprocess.run([os.environ["DYNAMO"], "graph", "validate", *target, "--format", "json", "--max-errors", "0"],
                                 capture_output=True, text=True, timeout=60, check=False)
            wanted = sorted((one["code"], span["start"]["line"] - 1) for one in json.loads(run.stdout)["diagnostics"]
                            for span in one["spans"] if span["primary"] and span["file"] == str(path))
            editor.open(path, text)
            found = sorted((one["code"], one["range"]["start"]["line"]) for one in editor.diagnostics(path))
            self.assertEqual(found, wanted, path)
            editor.shut(path)
            checked += 1
        self.assertGreater(checked, 50)


if __name__ == "__main__":
    unittest.main(verbosity=2)
