"""`dynamo serve` of one graph, for tests: a home and a port of its own, and a mark by which its processes are found."""
import os, signal, subprocess, sys, tempfile, uuid
from pathlib import Path

from service import PATIENCE, Program, eventually, free_port

DYNAMO = os.environ.get("DYNAMO", "dynamo")
FOREIGN = ("CUDA_", "DYN_", "DYNAMO", "LISTEN_", "NOTIFY_", "XDG_")  # of whoever runs the tests


def dynamo(*words, **options):
    return subprocess.run([DYNAMO, *map(str, words)], capture_output=True, text=True, timeout=PATIENCE,
                          stdin=subprocess.DEVNULL, **options)


def environments():
    """The environment of every process that we may look at, by its id."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        yield int(folder.name), dict(word.decode(errors="replace").split("=", 1) for word in words if b"=" in word)


class Served(Program):
    """The run of one graph, ready to answer at `port` unless `wait` is False."""

    def __init__(self, test, target, *overrides, port=None, variables=None, patience=PATIENCE, wait=True):
        self.target, self.overrides = target, overrides
        self.mark, self.port, self.home = uuid.uuid4().hex, port or free_port(), tempfile.TemporaryDirectory()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
        environment |= {"HOME": self.home.name, "SERVED_BY_TEST": self.mark, "NO_COLOR": "1",
                        "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"], **(variables or {})}
        super().__init__([DYNAMO, "serve", target, *overrides, "--port", str(self.port)], env=environment,
                         start_new_session=True)
        test.addCleanup(self.clean)
        if wait:
            self.wait_until_ready(patience)

    def wait_until_ready(self, patience=PATIENCE):
        self.line("ready in", f"http://127.0.0.1:{self.port}/v1/chat/completions", timeout=patience)

    def told(self, replica, words):
        """What dynamo itself has said of a replica: its lines with these words."""
        return [line for line in self.lines if line.split()[1:2] == [replica] and words in line]

    def clean(self):
        self.kill()
        for pid, _ in self.left():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.home.cleanup()

    def left(self):
        """All processes of this run, and dynamo itself."""
        return [(pid, values) for pid, values in environments() if values.get("SERVED_BY_TEST") == self.mark]

    def workers(self, slot=None):
        """Replica -> (process id, environment)."""
        return {f"{values['DYNAMO_SLOT']}/{values['DYNAMO_REPLICA']}": (pid, values) for pid, values in self.left()
                if "DYNAMO_REPLICA" in values and slot in (None, values["DYNAMO_SLOT"])}

    def kill_worker(self, replica):
        """Kills it as the kernel does when memory is short; gives its id when it is gone."""
        pid = self.workers()[replica][0]
        os.kill(pid, signal.SIGKILL)
        eventually(f"{replica} is gone", lambda: pid not in dict(self.left()))
        return pid

    def interrupt(self, number=signal.SIGINT):
        os.killpg(self.process.pid, number)  # as a terminal does it: to the whole group
