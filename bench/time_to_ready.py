#!/usr/bin/env python3
"""How long real Dynamo graphs take until a request succeeds, against the same programs started by hand.

    DYNAMO=build/release/bin/dynamo python3 bench/time_to_ready.py [RUNS]     (default 5)

The floor is one worker, then the frontend, each started as soon as the one before it answers, asked every 10 ms.
"""
import os, statistics, subprocess, sys, tempfile, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "real"))
from real import MODEL, RealTest, measure
from service import ask, free_port

GRAPHS = ("agg", "agg_router", "disagg", "disagg_router", "disagg_service", "disagg_stores")


def until(port, path, good):
    while True:
        try:
            answer = ask(port, "GET", path)
            if answer.status == 200 and good(answer):
                return
        except OSError:
            pass
        time.sleep(0.01)


class Bench(RealTest):
    servers = True

    def by_hand(self):
        system, door = free_port(), free_port()
        with tempfile.TemporaryDirectory() as folder:
            plain = {key: value for key, value in os.environ.items() if not key.startswith("DYN")}
            plain |= {"PATH": self.variables()["PATH"], "HF_HUB_OFFLINE": "1", "DYN_DISCOVERY_BACKEND": "file",
                      "DYN_FILE_KV": folder, "DYN_REQUEST_PLANE": "tcp", "DYN_EVENT_PLANE": "zmq"}
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            begun = time.monotonic()
            worker = subprocess.Popen(
                ["python3", "-m", "dynamo.mocker", "--model-path", self.model, "--model-name", MODEL],
                env=plain | {"DYN_SYSTEM_PORT": str(system), "DYN_SYSTEM_USE_ENDPOINT_HEALTH_STATUS": '["generate"]'}, **quiet)
            until(system, "/health", lambda answer: True)
            frontend = subprocess.Popen(["python3", "-m", "dynamo.frontend", "--http-port", str(door)], env=plain, **quiet)
            until(door, f"/v1/models/{MODEL}/ready", lambda answer: answer.json()["ready"])
            took = time.monotonic() - begun
            for process in (frontend, worker):
                process.terminate()
                process.wait()
        return took

    def of_graph(self, graph):
        extra = [f"nats_port={free_port()}"] if graph == "disagg_stores" else []
        run = self.serve(graph, *extra)
        took = float(run.line("ready in", "Ctrl-C").split("ready in ")[1].split()[0])
        self.stops(run)
        return took

    def runTest(self):
        runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
        self.by_hand()  # the files are in the page cache now
        results = {"by hand: agg": [], **{graph: [] for graph in GRAPHS}}
        for _ in range(runs):  # in turns, so that all of them meet the same noise
            results["by hand: agg"].append(self.by_hand())
            for graph in GRAPHS:
                results[graph].append(self.of_graph(graph))
        floor = statistics.median(results["by hand: agg"])
        print(f"{'':16}{'processes':>10}{'min':>8}{'median':>8}{'max':>8}{'ratio':>8}   of {runs} runs, seconds")
        for graph, times in results.items():
            count = {"agg_router": 3, "disagg": 3, "disagg_router": 5, "disagg_service": 5, "disagg_stores": 7}.get(graph, 2)
            print(f"{graph:16}{count:10}{min(times):8.2f}{statistics.median(times):8.2f}{max(times):8.2f}"
                  f"{statistics.median(times) / floor:8.2f}")


if __name__ == "__main__":
    measure(Bench)
