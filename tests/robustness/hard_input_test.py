#!/usr/bin/env python3
"""Gives `dynamo` files that nobody should write: it must answer with the right status and a sentence, soon, and in little
memory.

    DYNAMO=build/release/bin/dynamo python3 hard_input_test.py [-v] [HardInput.test_...]
"""
import dataclasses, os, pathlib, signal, socket, subprocess, tempfile, threading, time, unittest

DYNAMO = os.path.abspath(os.environ["DYNAMO"])
MOST_SECONDS = 15  # of processor time: other programs of the machine do not count
MOST_MEGABYTES = 300
HEAD = "apiVersion: dynamo/v1\n"
GRAPH = HEAD + """interfaces: {Door: {endpoints: [chat]}}
components: {A: {implements: [Door], command: [a], endpoints: [chat]}}
specs: {S: {entry: door, slots: {door: Door = A}}}
graphs: {g: {spec: S}}
"""
MIB = 1 << 20


@dataclasses.dataclass
class Ended:
    status: int
    out: str
    err: str


class HardInput(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def write(self, text, name="graph.yaml"):
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_dynamo(self, *arguments, stdin=subprocess.DEVNULL):
        """Runs it to its end, and holds it to the limits."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            # A shell in between: the memory of a process that was forked from this one would count as its own.
            process = subprocess.Popen(["/bin/sh", "-c", 'exec "$0" "$@"', DYNAMO, *map(str, arguments)], cwd=self.path,
                                       stdin=stdin, stdout=out, stderr=err)
            killer = threading.Timer(300, process.kill)
            killer.start()
            _, ended, usage = os.wait4(process.pid, 0)
            killer.cancel()
            process.returncode = status = os.waitstatus_to_exitcode(ended)
            out.seek(0)
            err.seek(0)
            result = Ended(status, out.read().decode(), err.read(MIB).decode(errors="replace"))
        said = f"{arguments}: exit {status}\n{result.err[:2000]}"
        self.assertIn(status, range(0, 6), "not an exit code of its own: " + said)
        self.assertLess(usage.ru_utime + usage.ru_stime, MOST_SECONDS, said)
        self.assertLess(usage.ru_maxrss / 1024, MOST_MEGABYTES, said)
        self.assertNotIn("Sanitizer", result.err)
        self.assertNotIn("(a bug)", result.err)
        return result

    def validate(self, text, status, *words, name="graph.yaml"):
        """What `graph validate` says about this text: the status, and each of the words."""
        ended = self.run_dynamo("graph", "validate", self.write(text, name), "--format", "short")
        self.assertEqual(ended.status, status, ended.err[:2000])
        for word in words:
            self.assertIn(word, ended.err[:100_000])
        if status:
            self.assertNotEqual(ended.err, "")
        return ended

    def every_command(self, text, status, *words):
        """The same status, with every command that loads a file, and every form of its answer."""
        path = self.write(text)
        for command in (["graph", "validate", path], ["graph", "validate", path, "--format", "json"],
                        ["graph", "list", path], ["graph", "show", f"{path}:g"], ["graph", "show", f"{path}:g", "-o", "json"],
                        ["graph", "plan", f"{path}:g", "-o", "yaml"]):
            ended = self.run_dynamo(*command)
            self.assertEqual(ended.status, status, f"{command}: {ended.err[:2000]}")
            for word in words:
                self.assertIn(word, ended.out + ended.err)

    # ---- bytes ------------------------------------------------------------------------------------------------

    def test_empty_and_blank_files(self):
        self.validate("", 1, "DG0006")
        self.validate("\n" * 100_000, 1, "DG0006")
        self.validate("# nothing\n", 1, "DG0006")
        self.validate(b"\xef\xbb\xbf", 1, "DG0006")

    def test_every_truncation_of_a_file(self):
        text = (pathlib.Path(__file__).resolve().parents[2] / "examples/llm/graph.yaml").read_bytes()
        for size in range(0, len(text), 97):
            self.assertIn(self.run_dynamo("graph", "validate", self.write(text[:size])).status, (0, 1))

    def test_bytes_that_are_no_text(self):
        self.validate(bytes(range(256)) * 4000, 1, "DG0001")
        self.validate(GRAPH.encode() + b"\x00", 1, "U+0000")
        self.validate(HEAD.encode() + b"x-a: \xc0\xaf\n", 1, "not UTF-8")            # overlong
        self.validate(HEAD.encode() + b"x-a: \xed\xa0\x80\n", 1, "not UTF-8")        # a surrogate
        self.validate(HEAD.encode() + b"x-a: \xf5\x80\x80\x80\n", 1, "not UTF-8")    # beyond U+10FFFF
        self.validate(HEAD.encode() + b"x-a: \xe2\x82", 1, "not UTF-8")              # cut off
        self.validate(GRAPH.encode("utf-16"), 1, "not UTF-8")
        self.validate(HEAD + "x-a: a\rb\n", 1, "carriage return")
        self.validate(HEAD + "x-a: \x1b[31mred\n", 1, "U+001B")
        self.validate(pathlib.Path(DYNAMO).read_bytes()[:4 * MIB], 1, "DG0001")

    def test_characters_that_end_no_line(self):
        self.validate(GRAPH + 'x-a: "a\u2028b\u2029c\u0085d"\n', 0)
        self.validate(HEAD + "x-a: a\ufeffb\n", 0)

    # ---- size -------------------------------------------------------------------------------------------------

    def test_files_of_32_mib_and_more(self):
        comment = "#" + "x" * 1022 + "\n"
        filled = GRAPH + comment * ((32 * MIB - len(GRAPH)) // len(comment))
        self.validate(filled, 0)
        self.validate(filled + comment, 1, "DG0007", "32 MiB")
        self.validate(b"\x00" * (40 * MIB), 1, "DG0001")

    def test_one_line_of_10_mb(self):
        many = 10 * 1000 * 1000
        self.validate(HEAD + "x-a: " + "x" * many + "\n", 0)
        self.validate(HEAD + 'x-a: "' + "\u00e4 " * (many // 3) + '"\n', 0)
        self.validate(HEAD + "x-a: '" + "x" * many, 1, "DG0001", "never closed")
        self.validate("y" * many, 1)
        self.validate(HEAD + "a\n" * (many // 2), 1, "2:1", "expected `:` behind this key")
        self.validate(HEAD + "x-a: [" + "x," * (many // 2) + "]\n", 1, "DG0007", "1000000 values")
        # A mark at its far end: the excerpt shows it, and not the line.
        ended = self.run_dynamo("graph", "validate", self.write(HEAD + "x-a: {b: " + "x" * many + ", b: 1}\n"))
        self.assertIn("DG0003", ended.err)
        self.assertLess(len(ended.err), 10_000)

    def test_many_mistakes_on_one_line(self):
        keys = ", ".join(f"k{index}: v" for index in range(100_000))
        ended = self.validate(HEAD + "components: {A: {command: [a], " + keys + "}}\n", 1, "DG0101", "k0", "19950 more",
                              "80000 more were found and not kept")
        self.assertLess(len(ended.err), 20_000)
        self.validate(HEAD + 'components: {A: {command: ["' + "${params.a}" * 20_000 + '"]}}\n', 1, "DG0605")

    def test_100_000_mistakes(self):
        text = HEAD + "components:\n" + "".join(f"  C{index}: {{comand: [a]}}\n" for index in range(100_000))
        for options in ([], ["--max-errors", "0", "--format", "short"], ["--format", "json"]):
            ended = self.run_dynamo("graph", "validate", self.write(text), *options)
            self.assertEqual(ended.status, 1)
        self.validate(HEAD + "".join(f"\tk{index}: v\n" for index in range(500_000)), 1, "DG0002")

    def test_as_many_definitions_as_a_load_may_have(self):
        # All limits are to be met by the limit of the memory, whatever there is most of.
        component = "  C%d: {implements: [Door], command: [serve, --port, \"${self.port.chat}\"], endpoints: [chat]%s}\n"

        def components(count, more=lambda index: ""):
            return (HEAD + "interfaces: {Door: {endpoints: {chat: {protocol: http}}}}\ncomponents:\n"
                    + "".join(component % (index, more(index)) for index in range(count)))

        one_slot = "specs: {S: {entry: door, slots: {door: Door = C0}}}\ngraphs: {g: {spec: S}}\n"
        self.validate(components(59_990) + one_slot, 0, "DG0901")
        self.validate(components(60_000) + one_slot, 1, "DG0007", "more than 60000 definitions")
        self.validate(components(21_000, lambda index: (
            ", params: {model: string = m, tp: int = 2}, env: {LOG: info, MODEL: \"${params.model}\"}, ports: {admin: auto},"
            " resources: {cpus: 2, memory: 4Gi}, replicas: 1..4, ready: {http: /health, timeout: 30s}, stop: {grace: 5s}"))
            + one_slot, 0)
        unknown = self.write(components(57_000, lambda index: f", clients: {{c: Unknown{index}}}") + one_slot)
        for options in (["--format", "sarif"], ["--format", "json"], ["--format", "human", "--max-errors", "0"]):
            self.assertEqual(self.run_dynamo("graph", "validate", unknown, *options).status, 1)
        many = 19_990
        wired = components(many, lambda index: f", clients: {{next: C{index + 1}}}" if index + 1 < many else "")
        slots = "".join(f"      s{index}: Door = C{index}\n" for index in range(many))
        self.every_command(wired + "specs:\n  S:\n    entry: s0\n    slots:\n" + slots + "graphs: {g: {spec: S}}\n", 0)
        self.assertEqual(self.run_dynamo("graph", "show", "graph.yaml:g", "--origins").status, 0)

    def test_long_lists(self):
        # Each was compared with each.
        names = ", ".join(f"e{index}" for index in range(100_000))
        self.validate(GRAPH.replace("[chat]}}\ncomp", f"[chat, {names}]}}}}\ncomp")
                      .replace("endpoints: [chat]}}\nspecs", f"endpoints: [chat, {names}]}}}}\nspecs"), 0)
        ids = ", ".join(map(str, range(200_000)))
        self.validate(GRAPH.replace("command: [a]", f"command: [a], resources: {{gpus: [{ids}]}}"), 0)

    # ---- depth ------------------------------------------------------------------------------------------------

    def test_200_000_nested_collections(self):
        many = 200_000
        for inner in ("[" * many, "[" * many + "]" * many, "{a: " * many, "[{a: " * many, '["' * many):
            self.validate(HEAD + "x-a: " + inner + "\n", 1, "DG0007" if inner != '["' * many else "DG000")
        self.validate(HEAD + "x-a:\n  " + "- " * many + "\n", 1, "DG0007")
        self.validate(HEAD + "x-a:\n" + "".join(" " * depth + "a:\n" for depth in range(1, 3000)), 1, "DG0007")
        self.validate(HEAD + "]" * many + "\n", 1, "DG0001")
        self.validate("? " * many, 1)
        self.validate("!a " * many, 1)
        self.validate("&a " * many, 1)

    # ---- aliases ----------------------------------------------------------------------------------------------

    def laughs(self, form, levels=9, width=10):
        lines = ["  a0: &a0 " + form(["lol"] * width)]
        lines += [f"  a{level}: &a{level} " + form([f"*a{level - 1} "] * width) for level in range(1, levels)]
        return "\n".join(lines) + "\n"

    def test_alias_bombs(self):
        as_list = lambda items: "[" + ", ".join(items) + "]"
        as_mapping = lambda items: "{" + ", ".join(f"k{index}: {item}" for index, item in enumerate(items)) + "}"
        for form in (as_list, as_mapping):
            bomb = self.laughs(form)
            self.every_command(GRAPH + "x-bomb:\n" + bomb, 1, "DG0007")
            self.validate(HEAD + "components:\n" + bomb, 1, "DG0007")
            self.validate(GRAPH.replace("command: [a]", "command: [a], env:\n" + bomb.replace("\n", "\n    ")), 1)
            manifest = ("apiVersion: nvidia.com/v1alpha1\nkind: DynamoGraphDeployment\nmetadata: {name: a}\nspec:\n"
                        "  services: {F: {componentType: frontend}}\n  bomb:\n" + bomb.replace("  a", "    a"))
            ended = self.run_dynamo("import", self.write(manifest))
            self.assertEqual(ended.status, 1)
            self.assertIn("DG0007", ended.err)
            self.write(GRAPH)
            ended = self.run_dynamo("graph", "validate", "graph.yaml", "-f", self.write(HEAD + "components:\n  A:\n    env:\n"
                                    + bomb.replace("  a", "      a"), "over.yaml"))
            self.assertEqual(ended.status, 1)
        small = self.laughs(as_list, levels=4)
        self.validate(GRAPH + "x-bomb:\n" + small, 0)

    def test_anchors_by_the_thousand(self):
        anchors = "".join(f"x-{index}: &a{index} [{f'*a{index - 1} ' if index else ''}]\n" for index in range(1000))
        self.validate(GRAPH + anchors, 0)
        self.validate(GRAPH + anchors + "x-last: [*a999 , *a998 ]\n", 1, "DG0007", "1000 aliases")
        # One large value under many names.
        large = "x-env: &env {" + ", ".join(f"V{index}: v" for index in range(10_000)) + "}\n"
        users = "".join(f"  B{index}: {{command: [b], env: *env }}\n" for index in range(900))
        self.validate(HEAD + large + "components:\n" + users, 1, "DG0007")

    def test_anchors_that_hold_themselves(self):
        self.validate(HEAD + "x-a: &a [*a ]\n", 1, "DG0004")
        self.validate(HEAD + "x-a: &a {b: &b [*a , *b ]}\n", 1, "DG0004")
        self.validate(HEAD + "x-a: *a \nx-b: &a 1\n", 1, "DG0001")

    # ---- formatting -------------------------------------------------------------------------------------------

    def fmt(self, text, status, *words):
        ended = self.run_dynamo("graph", "fmt", "--check", self.write(text))
        self.assertEqual(ended.status, status, ended.err[:2000])
        for word in words:
            self.assertIn(word, ended.err)

    def test_formats_what_has_many_values(self):
        many = 240_000
        head = "apiVersion: dynamo/v1\nx-values:"
        self.fmt(head + " [" + ", ".join(["word"] * many) + "]\n", 1)
        self.fmt(head + "\n" + "- word\n" * many, 1)
        self.fmt(head + "\n  # words\n" + "".join(f"  - word  # {index}\n" for index in range(many)), 0)
        self.fmt(head + "\n" + "".join(f"  k{index}: {{a: b}}\n" for index in range(many // 4)), 0)
        self.fmt(head + " [" + "'" + "long " * 6_000_000 + "']\n", 1)

    def test_too_many_values_to_format(self):
        self.fmt("apiVersion: dynamo/v1\nx-values:\n" + "- word\n" * 1_100_000, 1, "DG0007", "more than 1000000 values")

    # ---- inheritance ------------------------------------------------------------------------------------------

    def test_long_chains(self):
        many = 30_000
        for backwards in (False, True):
            def chain(name, parent, more=""):
                order = range(many - 1, 0, -1) if backwards else range(1, many)
                return "".join(f"  {name}{index}: {{extends: {parent % (index - 1)}{more}}}\n" for index in order)
            base = "interfaces:\n  Door: {endpoints: [chat]}\n%scomponents:\n  A: {implements: [Door], command: [a], endpoints: [chat]}\n%s"
            ends = "specs:\n  S: {entry: door, slots: {door: Door = A}}\n%sgraphs:\n  g: {spec: S}\n%s"
            self.validate(HEAD + base % ("  I0: {}\n" + chain("I", "[I%d]"), "") + ends % ("", ""), 0)
            self.validate(HEAD + base % ("", "  C0: {extends: A}\n" + chain("C", "C%d")) + ends % ("", ""), 0)
            self.validate(HEAD + base % ("", "") + ends % ("  S0: {extends: S}\n" + chain("S", "S%d"), ""), 0)
        for kind in ("components", "specs", "graphs"):
            cycle = "".join(f"  X{index}: {{extends: X{(index + 1) % many}}}\n" for index in range(many))
            self.validate(HEAD + kind + ":\n" + cycle, 1, "DG0305")
        cycle = "".join(f"  X{index}: {{extends: [X{(index + 1) % many}]}}\n" for index in range(many))
        self.validate(HEAD + "interfaces:\n" + cycle, 1, "DG0303")

    def test_a_chain_of_graphs(self):
        many = 900
        graphs = "".join(f"  g{index}: {{extends: {'g%d' % (index - 1) if index else 'g'}, bind: {{door: {{replicas: 2}}}}}}\n"
                         for index in reversed(range(many)))
        self.validate(GRAPH.replace("graphs: {g: {spec: S}}", "graphs:\n  g: {spec: S}") + graphs, 0)
        graphs = "".join(f"  g{index}: {{extends: g{index - 1}}}\n" for index in range(1, 20_000))
        self.validate(GRAPH.replace("graphs: {g: {spec: S}}", "graphs:\n  g0: {spec: S}") + graphs, 1, "DG0007", "what graphs inherit")

    def test_many_ways_to_one_interface(self):
        lattice = "".join(f"  A{level + 1}: {{extends: [A{level}, B{level}]}}\n  B{level + 1}: {{extends: [A{level}, B{level}]}}\n"
                          for level in range(200))
        self.validate(HEAD + "interfaces:\n  A0: {}\n  B0: {}\n  Z: {}\n" + lattice
                      + "components: {C: {implements: [A200], command: [c]}}\n"
                      + "specs: {S: {entry: a, slots: {a: Z = C}}}\n", 1, "DG0402")

    def test_what_is_inherited_is_limited(self):
        chain = "".join(f"  C{index}: {{extends: C{index - 1}, env: {{V{index}: v}}}}\n" for index in range(1, 20_000))
        self.validate(HEAD + "components:\n  C0: {command: [a]}\n" + chain, 1, "DG0007", "inherit")

    def test_params_that_need_each_other(self):
        many = 20_000
        chain = ", ".join(f'p{index}: "int = ${{params.p{index + 1}}}"' for index in range(many)) + f", p{many}: int = 1"
        self.validate(HEAD + "components: {A: {command: [a], params: {" + chain + "}}}\n"
                      "specs: {S: {entry: a, slots: {a: A = A}}}\ngraphs: {g: {spec: S}}\n", 0)
        chain = chain.replace("params.", "graph.")
        self.validate(HEAD + "components: {A: {command: [a]}}\nspecs: {S: {entry: a, slots: {a: A = A}, params: {" + chain
                      + "}}}\ngraphs: {g: {spec: S}}\n", 0)
        self.validate(HEAD + "components: {A: {command: [a], params: {"
                      + ", ".join(f'p{index}: "int = ${{params.p{(index + 1) % many}}}"' for index in range(many)) + "}}}\n", 1, "DG0608")

    def test_slots_that_wait_for_each_other(self):
        many = 5000
        components = "".join(f"  C{index}: {{command: [c], clients: {{next: C{index + 1}}}}}\n" for index in range(many))
        slots = "".join(f"      s{index}: C{index} = C{index}\n" for index in range(many + 1))
        self.validate(HEAD + f"components:\n{components}  C{many}: {{command: [c]}}\nspecs:\n  S:\n    entry: s0\n    slots:\n{slots}"
                      "graphs: {g: {spec: S}}\n", 0)

    def test_clients_of_everything(self):
        slots = "".join(f"      s{index}: A = A\n" for index in range(3000))
        self.validate(HEAD + "components: {A: {command: [a], clients: {all: optional many Any}}}\n"
                      f"specs:\n  S:\n    entry: s0\n    slots:\n{slots}graphs: {{g: {{spec: S}}}}\n", 1, "DG0007", "connections")

    # ---- imports ----------------------------------------------------------------------------------------------

    def test_a_thousand_imports(self):
        for index in range(1000):
            self.write(HEAD + f"components: {{C{index}: {{command: [c]}}}}\n", f"wide/{index}.yaml")
        self.validate(HEAD + "imports:\n" + "".join(f"  - wide/{index}.yaml\n" for index in range(1000)), 0)
        self.validate(HEAD + "imports:\n" + "".join(f"  - {{file: wide/0.yaml, as: a{index}}}\n" for index in range(1000)), 0)
        for index in range(3000):
            self.write(HEAD + (f"imports: [{index + 1}.yaml]\n" if index < 2999 else ""), f"deep/{index}.yaml")
        self.validate(HEAD + "imports: [deep/0.yaml]\n", 0)
        self.write(HEAD + "imports: [0.yaml]\n", "deep/2999.yaml")
        self.validate(HEAD + "imports: [deep/0.yaml]\n", 1, "DG0204")

    def test_imports_that_go_in_circles(self):
        self.write(HEAD + "imports: [graph.yaml]\n", "b.yaml")
        self.validate(HEAD + "imports: [b.yaml]\n", 1, "DG0204")
        # Through a link every name is another file: the limits of the system end it.
        (self.path / "again").symlink_to(".")
        self.validate(HEAD + "imports: [again/graph.yaml]\n", 1, "DG0203")

    def test_imports_that_cannot_be_read(self):
        (self.path / "folder").mkdir()
        (self.path / "dangling.yaml").symlink_to("nowhere")
        (self.path / "loop.yaml").symlink_to("loop.yaml")
        for name in ("folder", "dangling.yaml", "loop.yaml", "missing.yaml", "x" * 300, "a/" * 3000 + "b", "/dev/full", "/dev/zero"):
            self.validate(HEAD + f"imports: ['{name}']\n", 1, "DG0203" if not name.startswith("/dev") else "DG000")

    def test_imports_that_are_large_together(self):
        self.write(HEAD + ("#" + "x" * 1022 + "\n") * (20 << 10), "large.yaml")
        text = HEAD + "imports:\n" + "".join(f"  - {{file: large.yaml, as: a{index}}}\n" for index in range(20))
        self.validate(text, 1, "DG0007", "64 MiB")

    # ---- files that are none ----------------------------------------------------------------------------------

    def unreadable(self, *arguments):
        ended = self.run_dynamo("graph", "validate", *arguments)
        self.assertEqual(ended.status, 3, ended.err)
        self.assertTrue(ended.err.startswith("error: "), ended.err)

    def test_things_that_are_no_files(self):
        self.unreadable(self.path)
        self.unreadable(self.path / "missing.yaml")
        (self.path / "loop.yaml").symlink_to("loop.yaml")
        self.unreadable(self.path / "loop.yaml")
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(self.path / "s.yaml"))
            self.unreadable(self.path / "s.yaml")
        for endless in ("/dev/zero", "/dev/full"):
            ended = self.run_dynamo("graph", "validate", endless)
            self.assertEqual(ended.status, 1, ended.err)
            self.assertIn("DG0001", ended.err)
        self.assertEqual(self.run_dynamo("graph", "validate", "/dev/null").status, 1)
        self.assertEqual(self.run_dynamo("graph", "validate", "/dev/urandom").status, 1)
        self.write(GRAPH)
        self.unreadable("graph.yaml", "-f", self.path)

    def test_output_that_cannot_be_written(self):
        path = self.write(GRAPH)
        with open("/dev/full", "wb") as full:
            ended = subprocess.run([DYNAMO, "graph", "show", f"{path}:g"], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertIn(ended.returncode, range(0, 6))

    def test_a_pipe_is_read_to_its_end(self):
        pipe = self.path / "pipe.yaml"
        os.mkfifo(pipe)
        writer = threading.Thread(target=lambda: pipe.write_text(GRAPH))
        writer.start()
        ended = self.run_dynamo("graph", "validate", pipe)
        writer.join()
        self.assertEqual(ended.status, 0, ended.err)
        # As in `dynamo graph validate <(generate)` and `generate | dynamo graph validate -`.
        ended = subprocess.run(["bash", "-c", '"$0" graph validate <(printf %s "$1") && printf %s "$1" | "$0" graph validate -',
                                DYNAMO, GRAPH], capture_output=True, text=True, timeout=60)
        self.assertEqual(ended.returncode, 0, ended.stderr)

    def test_a_pipe_that_nobody_writes_can_be_left(self):
        pipe = self.path / "pipe.yaml"
        os.mkfifo(pipe)
        for sent in (signal.SIGINT, signal.SIGTERM):
            process = subprocess.Popen([DYNAMO, "graph", "validate", pipe], stderr=subprocess.DEVNULL)
            end = time.monotonic() + 60
            while not self.waits(process.pid) and time.monotonic() < end:
                pass
            process.send_signal(sent)
            self.assertEqual(process.wait(60), -sent)

    @staticmethod
    def waits(pid):
        """It is asleep in open() of the pipe."""
        opens = f"{os.uname().machine == 'x86_64' and 257 or 56} "  # the number of openat
        return pathlib.Path(f"/proc/{pid}/syscall").read_text().startswith(opens)

    def test_a_file_that_changes_while_it_is_read(self):
        path = self.write(GRAPH)
        texts = [GRAPH.encode(), GRAPH.encode()[:100], b"", GRAPH.encode() * 500, b"\xff" * 200_000]
        stop = threading.Event()

        def change():
            turn = 0
            while not stop.is_set():
                turn += 1
                text = texts[turn % len(texts)]
                if turn % 2:
                    path.write_bytes(text)
                else:
                    (self.path / "new").write_bytes(text)
                    os.replace(self.path / "new", path)

        writer = threading.Thread(target=change)
        writer.start()
        try:
            for _ in range(50):
                self.assertIn(self.run_dynamo("graph", "validate", path).status, (0, 1))
        finally:
            stop.set()
            writer.join()

    # ---- the command line -------------------------------------------------------------------------------------

    def test_long_words_on_the_command_line(self):
        path = self.write(GRAPH)
        long = "x" * 120_000  # the system allows 128 KiB a word
        for word in (f"door.env.A={long}", f"door={long}", f"{long}={long[:10]}", "door.env={" + "a: " * 30_000 + "}",
                     "door.endpoints=" + "[" * 100_000, f"door.params.a={long}", "~" + long):
            self.assertIn(self.run_dynamo("graph", "validate", f"{path}:g", word).status, (0, 1))
        self.assertEqual(self.run_dynamo("graph", "validate", f"{path}:{long}").status, 1)
        self.assertEqual(self.run_dynamo("graph", "validate", long).status, 1)  # no such graph in ./graph.yaml
        many = [f"door.env.V{index}=v" for index in range(2_000)]
        self.assertEqual(self.run_dynamo("graph", "validate", f"{path}:g", *many).status, 0)

    def test_numbers_at_their_limits(self):
        many = "\n".join(f"      s{index}: A = A" for index in range(50))
        text = (HEAD + "components: {A: {command: [a], replicas: 100000, resources: {gpus: 1000000000, cpus: 1e308, memory: 9999999Ti}}}\n"
                f"specs:\n  S:\n    entry: s0\n    slots:\n{many}\ngraphs: {{g: {{spec: S}}}}\n")
        self.assertEqual(self.validate(text, 0).status, 0)
        self.assertIn(self.run_dynamo("graph", "plan", self.path / "graph.yaml", "--gpus", "0-7").status, (1,))
        self.validate(GRAPH + "x-a: " + "9" * 100_000 + "\n", 0)
        self.validate(GRAPH.replace("[a]", "[a], replicas: " + "9" * 100_000), 1)
        self.validate(GRAPH.replace("[a]", "[a], restart: {max: 99999999999999999999}"), 1)


if __name__ == "__main__":
    unittest.main()
