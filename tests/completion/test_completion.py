#!/usr/bin/env python3
"""test_completion.py DYNAMO_BINARY: what completion offers, asked as the shells ask, and in terminals with bash, zsh and
fish where they are installed; and the manual pages."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from shells import Shell

DYNAMO = os.path.abspath(sys.argv.pop(1))

GRAPH = """apiVersion: dynamo/v1
interfaces:
  Frontend: {endpoints: [chat]}
  Backend: {endpoints: [generate]}
  Router: {endpoints: [route]}
components:
  HttpFrontend: {implements: [Frontend], command: [f], endpoints: {chat: {port: 8000}}, clients: {backend: Backend}}
  Vllm:
    implements: [Backend]
    command: [vllm]
    endpoints: [generate]
    params: {tp: int = 1, kv: enum(fp8|fp16) = fp16, eager: bool = false}
    env: {LOG: info}
  Mock: {implements: [Backend], command: [mock], endpoints: [generate]}
  KvRouter: {implements: [Router], command: [r], endpoints: [route]}
  Metrics: {command: [m]}
specs:
  LLM:
    entry: frontend
    params: {model: string = tiny, mode: enum(fast|slow) = fast}
    slots: {frontend: Frontend = HttpFrontend, backend: Backend = Vllm, router: optional Router}
graphs:
  fast_agg: {spec: LLM}
  fat: {spec: LLM, sidecars: [Metrics]}
  broken: {spec: LLM, bind: {backend: HttpFrontend}}
"""

ONE_GRAPH = GRAPH[:GRAPH.index("graphs:")] + "graphs:\n  only: {spec: LLM}\n"

# What is typed, and what becomes of it: in every shell.
TYPED = [
    ("dynamo graph va\t", "dynamo graph validate "),
    # A file with several graphs is no target yet, one with a single graph is.
    ("dynamo serve gr\t", "dynamo serve graph.yaml:"),
    ("dynamo graph validate gr\t", "dynamo graph validate graph.yaml "),
    ("dynamo serve on\t", "dynamo serve one.yaml "),
    ("dynamo serve graph.yaml:fa\t", "dynamo serve graph.yaml:fa"),
    ("dynamo serve graph.yaml:fas\t", "dynamo serve graph.yaml:fast_agg "),
    ("dynamo serve graph.yaml:fast_agg backend=M\t", "dynamo serve graph.yaml:fast_agg backend=Mock "),
    ("dynamo serve one.yaml backend.params.kv=fp1\t", "dynamo serve one.yaml backend.params.kv=fp16 "),
    ("dynamo serve one.yaml backend.restart.po\t", "dynamo serve one.yaml backend.restart.policy="),
    ("dynamo graph diff one.yaml on\t", "dynamo graph diff one.yaml one.yaml "),
    ("dynamo graph diff one.yaml one.yaml --out\t", "dynamo graph diff one.yaml one.yaml --output "),
    # Names that need quotes, and quotes that are there.
    ("dynamo graph list sp\t", "dynamo graph list sp\\ ace.yaml "),
    ("dynamo serve sp\tfas\t", None),
    ("dynamo serve my\t", "dynamo serve my\\ dir/"),
    ("dynamo serve my\\ dir/gr\t", None),
    ("dynamo serve my\\ dir/graph.yaml:fas\t", "dynamo serve my\\ dir/graph.yaml:fast_agg "),
    ('dynamo serve "my dir/graph.yaml:fas\t', 'dynamo serve "my dir/graph.yaml:fast_agg" '),
    ('dynamo serve "su\t', 'dynamo serve "sub/'),
    ('dynamo serve "graph.yaml:fas\t', 'dynamo serve "graph.yaml:fast_agg" '),
    ("dynamo graph list 'on\t", "dynamo graph list 'one.yaml' "),
    ('dynamo serve "one.yaml" backend=M\t', 'dynamo serve "one.yaml" backend=Mock '),
    # Paths that the shell expands.
    ("dynamo serve ~/su\t", "dynamo serve ~/sub/"),
    ("dynamo serve ~/sub/other.yml:fas\t", "dynamo serve ~/sub/other.yml:fast_agg "),
    ("dynamo serve ~/one.yaml backend=M\t", "dynamo serve ~/one.yaml backend=Mock "),
    ("dynamo serve $HOME/su\t", "dynamo serve $HOME/sub/"),
    ("dynamo serve $HOME/sub/other.yml:fas\t", "dynamo serve $HOME/sub/other.yml:fast_agg "),
    ("dynamo serve $HOME/one.yaml backend=M\t", "dynamo serve $HOME/one.yaml backend=Mock "),
    # Standard input is the terminal: it is not read.
    ("dynamo graph show - b\t", "dynamo graph show - b"),
    ("dynamo graph show -f - one.yaml backend=M\t", "dynamo graph show -f - one.yaml backend=Mock "),
    ("dynamo graph show /dev/stdin b\t", "dynamo graph show /dev/stdin b"),
    # What belongs to the shell.
    ("dynamo graph list > no\t", "dynamo graph list > notes.txt "),
    ("dynamo graph list 2>no\t", "dynamo graph list 2>notes.txt "),
    ("dynamo serve one.yaml 2>errors backend=M\t", "dynamo serve one.yaml 2>errors backend=Mock "),
    ("A=1 dynamo graph va\t", "A=1 dynamo graph validate "),
    ("true; dynamo graph va\t", "true; dynamo graph validate "),
]
# Readline quotes a colon too.
TYPED_BY_SHELL = {
    "bash": ["dynamo serve sp\\ ace.yaml\\:fast_agg ", "dynamo serve my\\ dir/graph.yaml\\:"],
    "zsh": ["dynamo serve sp\\ ace.yaml:fast_agg ", "dynamo serve my\\ dir/graph.yaml:"],
    "fish": ["dynamo serve sp\\ ace.yaml:fast_agg ", "dynamo serve my\\ dir/graph.yaml:"],
}


class Completion(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("graph.yaml", GRAPH)
        self.write("one.yaml", ONE_GRAPH)
        self.write("notes.txt", "")
        self.write("sub/other.yml", GRAPH)
        self.write("sp ace.yaml", GRAPH)
        self.write("my dir/graph.yaml", GRAPH)
        self.write("prod.yaml", "apiVersion: dynamo/v1\ngraphs: {fast_agg: {bind: {backend: Mock}}}\n")

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def run_in(self, command, **more):
        return subprocess.run(command, cwd=self.folder.name, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, **{"env": {**os.environ, "HOME": self.folder.name}, **more})

    def offered(self, *words):
        done = self.run_in([DYNAMO, "__complete", *words])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.split("\t")[0] for line in done.stdout.splitlines()]

    def test_words(self):
        self.write("broken.yaml", "{ not yaml")
        os.mkfifo(os.path.join(self.folder.name, "pipe.yaml"))
        for words, expected in [
            (["se"], ["serve"]),
            (["graph", "va"], ["validate"]),
            (["graph", "list", "--co"], ["--components", "--color"]),
            (["graph", "validate", "--format", "s"], ["short", "sarif"]),
            (["graph", "validate", "--format=hu"], ["--format=human"]),
            (["graph", "show", "-o", ""], ["table", "json", "yaml"]),
            (["graph", "explain", "DG040"], [f"DG040{n}" for n in range(1, 10)]),
            (["completion", ""], ["bash", "zsh", "fish"]),
            # Targets: files, names of ./graph.yaml, names of the file that was typed.
            (["graph", "validate", "gr"], ["graph.yaml"]),
            (["graph", "validate", "one.yaml"], ["one.yaml", "one.yaml:LLM", "one.yaml:only"]),
            (["serve", "o"], ["one.yaml"]),
            (["serve", "one.yaml"], ["one.yaml"]),
            (["serve", "one.yaml:"], ["one.yaml:LLM", "one.yaml:only"]),
            (["serve", "broken.yaml"], ["broken.yaml"]),
            (["serve", "fa"], ["fast_agg", "fat"]),
            (["serve", "su"], ["sub/"]),
            (["serve", "sub/"], [f"sub/other.yml:{name}" for name in ("broken", "fast_agg", "fat", "LLM")]),
            (["serve", "g"], ["graph.yaml:broken", "graph.yaml:fast_agg", "graph.yaml:fat", "graph.yaml:LLM"]),
            (["serve", "graph.yaml"], ["graph.yaml:broken", "graph.yaml:fast_agg", "graph.yaml:fat", "graph.yaml:LLM"]),
            (["serve", "graph.yaml:fa"], ["graph.yaml:fast_agg", "graph.yaml:fat"]),
            (["serve", "sub/other.yml:LL"], ["sub/other.yml:LLM"]),
            (["serve", "nothing.yaml:"], []),
            (["graph", "validate", "-f", "pr"], ["prod.yaml"]),
            (["graph", "diff", "graph.yaml:fast_agg", "fa"], ["fast_agg", "fat"]),
            (["graph", "diff", "graph.yaml:fast_agg", "ba"], ["backend=", "backend."]),
            (["graph", "diff", "graph.yaml:fast_agg", "backend=Mock", "mo"], ["model=", "mode="]),
            (["graph", "diff", "graph.yaml:fast_agg", "fat", "mo"], []),
            (["graph", "diff", "graph.yaml:fast_agg", "fat", "--fi"], ["--file"]),
            (["graph", "list", "s"], ["sp ace.yaml", "sub/"]),
            (["graph", "fmt", "graph.yaml", "o"], ["one.yaml"]),
            (["graph", "explain", "DG0401", "DG082"], [f"DG082{n}" for n in range(1, 5)]),
            (["graph", "validate", "--env-file", "no"], ["notes.txt"]),
            # Paths as the shell has them before it expands them.
            (["serve", "~/su"], ["~/sub/"]),
            (["serve", "~/sub/"], [f"~/sub/other.yml:{name}" for name in ("broken", "fast_agg", "fat", "LLM")]),
            (["serve", "$HOME/one.yaml", "backend=M"], ["backend=Mock"]),
            (["serve", "${HOME}/su"], ["${HOME}/sub/"]),
            (["serve", "-f", "~/prod.yaml", "~/one.yaml", "backend=M"], ["backend=Mock"]),
            (["serve", "$NOTHING/su"], []),
            # Nothing is read that could make it wait.
            (["serve", "-", "b"], []),
            (["serve", "-:"], []),
            (["serve", "pipe.yaml:"], []),
            (["serve", "pipe.yaml", "b"], []),
            # Overrides of the graph.
            (["serve", "graph.yaml:fast_agg", "ba"], ["backend=", "backend."]),
            (["serve", "graph.yaml:fast_agg", "mo"], ["model=", "mode="]),
            (["serve", "graph.yaml:fast_agg", "mode="], ["mode=fast", "mode=slow"]),
            (["serve", "graph.yaml:fast_agg", "backend="], ["backend=Vllm", "backend=Mock"]),
            (["serve", "graph.yaml:fast_agg", "router="], ["router=KvRouter", "router=none"]),
            (["serve", "graph.yaml:fast_agg", "~"], ["~router"]),
            (["serve", "graph.yaml:fast_agg", "backend.re"],
             ["backend.resources.", "backend.replicas=", "backend.ready.", "backend.restart=", "backend.restart."]),
            (["serve", "graph.yaml:fast_agg", "backend.restart.policy="],
             [f"backend.restart.policy={word}" for word in ("never", "on-failure", "always")]),
            (["serve", "graph.yaml:fast_agg", "backend.params."],
             ["backend.params.tp=", "backend.params.kv=", "backend.params.eager="]),
            (["serve", "graph.yaml:fast_agg", "backend.params.kv="],
             ["backend.params.kv=fp8", "backend.params.kv=fp16"]),
            (["serve", "graph.yaml:fast_agg", "backend.params.eager=t"], ["backend.params.eager=true"]),
            (["serve", "graph.yaml:fast_agg", "backend.env."], ["backend.env.LOG="]),
            (["serve", "graph.yaml:fast_agg", "frontend.endpoints."], ["frontend.endpoints.chat."]),
            (["serve", "graph.yaml:fast_agg", "frontend.endpoints.chat.port="], ["frontend.endpoints.chat.port=auto"]),
            (["serve", "graph.yaml:fat", "metrics.on"], ["metrics.on_failure="]),
            (["serve", "graph.yaml:fast_agg", "-f", "prod.yaml", "backend.env."], []),
            (["serve", "--port", "1", "graph.yaml:fast_agg", "backend.replicas=1", "mod"], ["model=", "mode="]),
        ]:
            with self.subTest(words=words):
                offered = self.offered(*words)
                self.assertEqual(sorted(offered), sorted(expected))

    def test_never_complains(self):
        self.write("graph.yaml", "{ not yaml")
        for words in (["serve", ""], ["serve", "graph.yaml:"], ["serve", "graph.yaml:x", "a"], ["nothing", "x"], [], [""],
                      ["graph", "nothing", ""], ["serve", "--nothing", ""], ["--", ""], ["serve", "--", "-"]):
            with self.subTest(words=words):
                self.offered(*words)

    def shell(self, name):
        path = shutil.which(name)
        if path is None:
            self.skipTest(f"{name} is not installed")
        bin_folder = os.path.join(self.folder.name, "bin")
        os.makedirs(bin_folder, exist_ok=True)
        os.symlink(DYNAMO, os.path.join(bin_folder, "dynamo"))
        self.environment = {**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}", "HOME": self.folder.name}
        return path

    def in_shell(self, name):
        self.shell(name)
        shell = Shell(name, self.folder.name, self.environment)
        self.addCleanup(shell.close)
        return shell

    def check_typed(self, name):
        shell = self.in_shell(name)
        special = iter(TYPED_BY_SHELL[name])
        for keys, expected in TYPED:
            with self.subTest(keys=keys):
                self.assertEqual(shell.line(keys), next(special) if expected is None else expected)
        return shell

    def test_bash(self):
        shell = self.check_typed("bash")
        self.assertEqual(shell.line('dynamo serve "graph.yaml:fas"\x02\t'), 'dynamo serve "graph.yaml:fast_agg"')
        # Whatever the user's settings are, and by another name.
        shell.run("COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}; IFS=,; set -u; alias dy=dynamo; complete -F _dynamo dy")
        for keys, expected in [
            ("dynamo serve graph.yaml:fas\t", "dynamo serve graph.yaml:fast_agg "),
            ("dynamo serve one.yaml backend=M\t", "dynamo serve one.yaml backend=Mock "),
            ("dynamo serve sp\tfas\t", "dynamo serve sp\\ ace.yaml:fast_agg "),
            ("dy serve graph.yaml:fas\t", "dy serve graph.yaml:fast_agg "),
        ]:
            with self.subTest(keys=keys):
                self.assertEqual(shell.line(keys), expected)

    def test_zsh(self):
        shell = self.check_typed("zsh")
        shell.run("alias dy=dynamo")
        self.assertEqual(shell.line("dy graph va\t"), "dy graph validate ")

    def test_fish(self):
        shell = self.check_typed("fish")
        shell.run("alias dy=dynamo")
        self.assertEqual(shell.line("dy graph va\t"), "dy graph validate ")

    def test_scripts_ask_the_program_that_made_them(self):
        self.shell("bash")
        by_path = self.run_in([DYNAMO, "completion", "bash"]).stdout
        self.assertIn(f"command '{DYNAMO}' __complete_line", by_path)
        by_name = self.run_in(["dynamo", "completion", "bash"], env=self.environment).stdout
        self.assertIn("command dynamo __complete_line", by_name)

    def test_line(self):
        def cut(line, *end):
            done = self.run_in([DYNAMO, "__complete_line", line, *end])
            return done.returncode, [one.split("\t")[0] for one in done.stdout.splitlines()]

        self.assertEqual(cut("dynamo serve graph.yaml:fa"), (0, ["graph.yaml:fast_agg", "graph.yaml:fat"]))
        self.assertEqual(cut("dynamo serve graph.yaml:fa", "fa"), (0, ["fast_agg", "fat"]))
        self.assertEqual(cut("dynamo serve graph.yaml:", ""), (0, ["broken", "fast_agg", "fat", "LLM"]))
        self.assertEqual(cut("dynamo serve my\\ dir/", "my\\ dir/")[1][0], "my dir/graph.yaml:broken")
        self.assertEqual(cut('dynamo serve "my dir/graph.yaml:fas', "my dir/graph.yaml:fas"),
                         (0, ["my dir/graph.yaml:fast_agg"]))
        self.assertEqual(cut("dynamo graph list > "), (3, []))

    def test_names_of_a_large_file_are_quick(self):
        part = GRAPH[GRAPH.index("  Vllm:"):GRAPH.index("  Mock:")]
        many = "".join(part.replace("Vllm", f"Vllm{number}") for number in range(10000))
        self.write("graph.yaml", GRAPH.replace("  Mock:", many + "  Mock:"))
        begin = time.monotonic()
        self.assertEqual(self.offered("serve", "graph.yaml:fa"), ["graph.yaml:fast_agg", "graph.yaml:fat"])
        self.assertLess(time.monotonic() - begin, 1)  # with the components it takes several


class Manual(unittest.TestCase):
    def page(self, section):
        return subprocess.run([DYNAMO, "__manual", section], capture_output=True, text=True, check=True).stdout

    def test_holds_every_command_option_and_key(self):
        page = self.page("1").replace("\\-", "-")
        for command in ("serve", "ps", "graph validate", "graph show", "graph schema", "completion"):
            self.assertIn(f".SS dynamo {command}", page)
        for option in ("--max-errors N", "--origins", "-f, --file FILE", "--dry-run"):
            self.assertIn(f"\\fB{option}\\fR", page)
        language = self.page("5").replace("\\-", "-")
        for key in ("apiVersion", "implements", "backoff_max", "on_failure", "notify", "namespace"):
            self.assertRegex(language, rf"\\fB{key}\\fR( \(required\))?: ")

    def test_says_what_is_required(self):
        page = " ".join(self.page("5").replace("\\fB", "").replace("\\fR", "").split())
        for sentence in ("apiVersion (required): ", "Exactly one of spec and extends is required.",
                         "At least one of command and extends is required.", "wire: {SLOT.CLIENT: "):
            self.assertIn(sentence, page)

    def test_has_each_heading_once(self):
        for section in ("1", "5"):
            headings = [line for line in self.page(section).splitlines() if line.startswith((".SH ", ".SS "))]
            self.assertEqual(len(headings), len(set(headings)))

    def test_knows_what_a_replica_gets(self):
        """The variables are those of docs/worker-contract.md."""
        docs = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "worker-contract.md")
        with open(docs, encoding="utf-8") as file:
            table = [line for line in file if line.startswith("| `")]
        names = {name.split("<")[0] for line in table for name in re.findall(r"`([A-Z_]{8,}(?:<[A-Z]+>)*)", line.split("|")[1])}
        self.assertIn("DYNAMO_CLIENTS_FILE", names)
        for name in names - {"DYNAMO_INSTANCE"}:  # to be left alone
            self.assertIn(name, self.page("5"))

    def test_is_good_roff(self):
        for section in ("1", "5"):
            page = self.page(section)
            if shutil.which("groff"):
                done = subprocess.run(["groff", "-man", "-ww", "-Tascii", "-P-bcou"], input=page, capture_output=True,
                                      text=True, check=True)
                self.assertEqual(done.stderr, "")
                self.assertIn("OVERRIDES" if section == "5" else "EXIT STATUS", done.stdout)
            if shutil.which("mandoc"):
                done = subprocess.run(["mandoc", "-Tlint"], input=page, capture_output=True, text=True, check=False)
                self.assertEqual(done.stdout + done.stderr, "")


if __name__ == "__main__":
    unittest.main()
