#!/usr/bin/env python3
"""test_completion.py DYNAMO_BINARY: what completion offers, asked as the shells ask, and through bash, zsh and fish where
they are installed."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

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


class Completion(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("graph.yaml", GRAPH)
        self.write("notes.txt", "")
        self.write("sub/other.yml", GRAPH)
        self.write("prod.yaml", "apiVersion: dynamo/v1\ngraphs: {fast_agg: {bind: {backend: Mock}}}\n")

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def run_in(self, command, **more):
        return subprocess.run(command, cwd=self.folder.name, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=60, **more)

    def offered(self, *words):
        done = self.run_in([DYNAMO, "__complete", *words])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.split("\t")[0] for line in done.stdout.splitlines()]

    def test_words(self):
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
            (["serve", "gr"], ["graph.yaml"]),
            (["serve", "fa"], ["fast_agg", "fat"]),
            (["serve", "s"], ["sub/"]),
            (["serve", "sub/"], ["sub/other.yml"]),
            (["serve", "graph.yaml"], ["graph.yaml:broken", "graph.yaml:fast_agg", "graph.yaml:fat", "graph.yaml:LLM"]),
            (["serve", "graph.yaml:fa"], ["graph.yaml:fast_agg", "graph.yaml:fat"]),
            (["serve", "sub/other.yml:LL"], ["sub/other.yml:LLM"]),
            (["serve", "nothing.yaml:"], []),
            (["graph", "validate", "-f", "p"], ["prod.yaml"]),
            (["graph", "diff", "graph.yaml:fast_agg", "fa"], ["fast_agg", "fat"]),
            (["graph", "diff", "graph.yaml:fast_agg", "ba"], ["backend=", "backend."]),
            (["graph", "list", ""], ["LLM", "broken", "fast_agg", "fat", "graph.yaml", "prod.yaml", "sub/"]),
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

    def test_bash(self):
        bash = self.shell("bash")
        script = """
source <(dynamo completion bash)
ask() { COMP_LINE=$1 COMP_POINT=${#1}; COMP_WORDS=(dynamo) COMP_CWORD=0; _dynamo; echo "${COMPREPLY[*]}"; }
ask 'dynamo graph va'
ask 'dynamo serve graph.yaml:fa'
ask 'dynamo serve graph.yaml:fast_agg backend=M'
ask 'dynamo serve graph.yaml:fast_agg backend.params.kv=fp'
complete -p dynamo
"""
        done = self.run_in([bash, "--norc", "-c", script], env=self.environment)
        self.assertEqual(done.stdout.splitlines(), ["validate", "fast_agg fat", "Mock", "fp8 fp16",
                                                    "complete -o nosort -F _dynamo dynamo"], done.stderr)

    def test_fish(self):
        fish = self.shell("fish")
        script = "dynamo completion fish | source; complete -C 'dynamo graph va'; complete -C 'dynamo serve graph.yaml:fa'"
        done = self.run_in([fish, "--no-config", "-c", script], env=self.environment)
        self.assertEqual([line.split("\t")[0] for line in done.stdout.splitlines()],
                         ["validate", "graph.yaml:fast_agg", "graph.yaml:fat"], done.stderr)

    def test_zsh(self):
        zsh = self.shell("zsh")
        script = """
autoload -Uz compinit; compinit -D -u
source <(dynamo completion zsh)
compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -l -- "$@"; }
words=(dynamo serve graph.yaml:fa) CURRENT=3 PREFIX=graph.yaml:fa
_main() { funcstack=(_dynamo) ; _dynamo; }
_dynamo
print -- ${_comps[dynamo]}
"""
        done = self.run_in([zsh, "-f", "-c", script], env=self.environment)
        self.assertEqual([line for line in done.stdout.splitlines() if line],
                         ["graph.yaml:fast_agg", "graph.yaml:fat", "_dynamo"], done.stderr)


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
            self.assertIn(f"\\fB{key}\\fR:", language)

    def test_is_good_roff(self):
        groff = shutil.which("groff")
        if groff is None:
            self.skipTest("groff is not installed")
        for section in ("1", "5"):
            done = subprocess.run([groff, "-man", "-ww", "-Tascii", "-P-bcou"], input=self.page(section), capture_output=True,
                                  text=True, check=True)
            self.assertEqual(done.stderr, "")
            self.assertIn("EXAMPLE" if section == "5" else "EXIT STATUS", done.stdout)


if __name__ == "__main__":
    unittest.main()
