"""What the tests against real Dynamo processes share: the software, a tiny model, and runs of examples/dynamo."""
import http.client, json, os, sys, tempfile, threading, time, unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "examples" / "dynamo")]
import tiny_model
from packages import NotHere, path_of
from served import Served
from service import Stream, ask, chat, content

GRAPH = ROOT / "examples" / "dynamo" / "graph.yaml"
SOFTWARE = Path(os.environ.get("DYNAMO_REAL_SOFTWARE", ROOT / "build" / "real"))
MODEL = "tiny-chat"
PATIENCE = 120  # seconds until a graph of Python processes is ready on a busy machine; it takes two or three
SKIPPED = 77    # the status that tells ctest
RATE = 10       # requests a second of load()

# What a user's shell may hold, all of it wrong here: nothing of it may reach a process of a graph.
HOSTILE = {"NATS_SERVER": "nats://127.0.0.1:1", "ETCD_ENDPOINTS": "http://127.0.0.1:1", "DYN_SYSTEM_PORT": "8081",
           "DYN_HTTP_PORT": "8000", "DYN_NAMESPACE": "elsewhere", "DYN_DISCOVERY_BACKEND": "etcd",
           "DYN_ENDPOINT": "dyn://else.where.generate", "DYN_NAMESPACE_WORKER_SUFFIX": "old", "DYN_TCP_RPC_PORT": "9999"}


class RealTest(unittest.TestCase):
    servers = False  # etcd and NATS as well

    @classmethod
    def setUpClass(cls):
        cls.path = path_of(SOFTWARE, cls.servers)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.model = Path(folder.name)
        tiny_model.write(cls.model)

    def variables(self):
        return {"PATH": self.path + os.pathsep + os.environ["PATH"], "HF_HUB_OFFLINE": "1", **HOSTILE}

    def serve(self, graph, *overrides, **options):
        """A run of a graph of the examples, or of another file. All its processes run offline."""
        target = str(graph) if ":" in str(graph) else f"{GRAPH}:{graph}"
        own = [f"model_path={self.model}"] if target.startswith(str(GRAPH)) else []
        return Served(self, target, *own, *overrides, variables=self.variables(), patience=PATIENCE, **options)

    def stops(self, run, number=2):
        """Ctrl-C, and everything has ended."""
        run.interrupt(number)
        self.assertEqual(run.ended(PATIENCE), 128 + number, run.text())
        self.assertEqual(run.left(), [])

    def answers(self, run, tokens=12, **settings):
        """A completion in one piece; gives its text and what it cost."""
        answer = chat(run.port, model=MODEL, max_tokens=tokens, **settings)
        self.assertTrue(content(answer).strip(), answer.body)
        self.assertEqual(answer.json()["usage"]["completion_tokens"], tokens)
        return answer.json()

    def streams(self, run, tokens=12, **settings):
        pieces = Stream(run.port, model=MODEL, max_tokens=tokens, **settings).pieces()
        self.assertEqual(len("".join(pieces).split()), tokens)  # a token of the tiny model is a word
        self.assertGreater(len(pieces), 1)


def metric(run, replica, name, **labels):
    """The sum of a counter over a worker's own /metrics."""
    port = int(run.workers()[replica][1]["DYNAMO_PORT_SYSTEM"])
    total = 0.0
    for line in ask(port, "GET", "/metrics").body.decode().splitlines():
        if line.startswith(name + "{") and all(f'{key}="{value}"' in line for key, value in labels.items()):
            total += float(line.rsplit(" ", 1)[1])
    return total


def one_request(port, number, tokens=50):
    """None if it was answered whole, else what was wrong. Every second one is a stream."""
    body = {"model": MODEL, "max_tokens": tokens, "stream": number % 2 == 0,
            "messages": [{"role": "user", "content": f"Question {number}"}]}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/v1/chat/completions", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode()
        if response.status != 200:
            return f"status {response.status}: {text[:200]}"
        if body["stream"]:
            whole = text.rstrip().endswith("data: [DONE]") and '"finish_reason":"length"' in text
        else:
            whole = json.loads(text)["usage"]["completion_tokens"] == tokens
        return None if whole else f"cut: {text[-200:]}"
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    finally:
        connection.close()


def load(port, seconds, at, then):
    """Asks in a steady rhythm, whatever becomes of the answers; calls `then` after `at` seconds. Gives what failed."""
    failed, threads, start = [], [], time.monotonic()

    def ask_one(number):
        if (trouble := one_request(port, number)) is not None:
            failed.append((round(time.monotonic() - start, 1), trouble))

    for number in range(seconds * RATE):
        time.sleep(max(0.0, start + number / RATE - time.monotonic()))  # the rhythm itself
        if number == at * RATE:
            then()
        threads.append(threading.Thread(target=ask_one, args=[number]))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return failed


def measure(bench):
    """Runs a benchmark, which is a RealTest with a runTest() and no verdict."""
    bench.setUpClass()
    one = bench()
    try:
        one.runTest()
    finally:
        one.doCleanups()
        bench.doClassCleanups()


def main():
    try:
        path_of(SOFTWARE, servers=True)
    except NotHere as why:
        print(f"not run: {why}")
        sys.exit(SKIPPED)
    unittest.main(module="__main__", verbosity=2)
