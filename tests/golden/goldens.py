"""The inputs of this folder for the checks in Python: what each runs, and the diagnostics in a form of one's choice."""

import glob
import os
import subprocess

FORMATS = ("human", "short", "json", "sarif", "github")
# What `validate` does not have, and what a check chooses itself.
WITH_A_VALUE = ("-o", "--format", "--max-errors")
FLAGS = ("--strict", "--origins", "--specs", "--components", "--interfaces")


class Input:
    """One `GROUP/NAME.yaml`, or `GROUP/NAME/graph.yaml`, that is validated or imported."""

    def __init__(self, path):
        self.path = path
        self.folder, self.name = os.path.split(path)
        with open(path, encoding="utf-8", errors="replace") as file:
            first = file.readline().rstrip("\r\n")
        words = first.removeprefix("\ufeff").removeprefix("# ARGS: ").replace("%s", self.name).split()
        self.is_import = words[:1] == ["import"]
        self.is_checked = self.is_import or words[:1] == ["graph"] and words[1] in ("validate", "list", "show", "plan")
        # Whatever an input runs, here it is validated, with its target, overrides and flags.
        rest = words[1:] if self.is_import else words[2:]
        self.rest = [word for at, word in enumerate(rest)
                     if word not in (*WITH_A_VALUE, *FLAGS) and (at == 0 or rest[at - 1] not in WITH_A_VALUE)]

    def run(self, binary, form, *options, folder=None):
        command = ["import"] if self.is_import else ["graph", "validate"]
        environment = {key: value for key, value in os.environ.items() if key != "CUDA_VISIBLE_DEVICES"}
        return subprocess.run([binary, *command, *self.rest, "--format", form, *options], cwd=folder or self.folder,
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)

    def diagnostics(self, binary, form, *options):
        """What is said in that form, and the exit code. `dynamo import` has its graph file on stdout."""
        done = self.run(binary, form, *options)
        on_stdout = form in ("json", "sarif", "github") and not self.is_import
        return (done.stdout if on_stdout else done.stderr).decode("utf-8"), done.returncode


def inputs(folder):
    found = glob.glob(os.path.join(folder, "*", "*.yaml")) + glob.glob(os.path.join(folder, "*", "*", "graph.yaml"))
    for path in sorted(found):
        with open(path, encoding="utf-8", errors="replace") as file:
            if "# ARGS: " in file.readline():
                one = Input(path)
                if one.is_checked and one.rest and one.rest[0].startswith(one.name):
                    yield one
