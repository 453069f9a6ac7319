"""The graphs of examples/dynamo, served with the real programs and asked by real requests.

Run one test with: DYNAMO=build/dev/bin/dynamo python3 test_graphs.py Graphs.test_NAME
"""
import json, os, re, subprocess, sys, tempfile
from pathlib import Path

from real import GRAPH, MODEL, PATIENCE, RealTest, main, metric
import tiny_model
from served import dynamo
from service import ask, chat

SIMULATED = {  # graph -> its replicas
    "agg": {"frontend/0", "worker/0"},
    "agg_router": {"frontend/0", "worker/0", "worker/1"},
    "disagg": {"frontend/0", "prefill/0", "decode/0"},
    "disagg_router": {"frontend/0", "prefill/0", "prefill/1", "decode/0", "decode/1"},
}
REQUESTS = "dynamo_component_requests_total"


class Graphs(RealTest):
    def namespaces(self, run):
        return {one["namespace"] for one in ask(run.port, "GET", "/health").json()["instances"]}

    # One test per graph: test_disagg_router_answers_and_stops, ... (below the class)

    def answers_and_stops(self, graph):
        run = self.serve(graph)
        # It is said to be ready when the first request succeeds: there is no second try here.
        self.answers(run)
        self.streams(run)
        workers = run.workers()
        self.assertEqual(set(workers), SIMULATED[graph])
        self.assertEqual(ask(run.port, "GET", "/v1/models").json()["data"][0]["id"], MODEL)
        self.has_its_own_environment(workers, graph)
        self.stops(run)
        self.left_in_order(run, SIMULATED[graph])

    def has_its_own_environment(self, workers, graph):
        ports = []
        for replica, (_, values) in workers.items():
            self.assertEqual(values["DYN_NAMESPACE"], graph)
            self.assertEqual(values["DYN_FILE_KV"], values["DYNAMO_RUN_DIR"] + "/kv")
            for name in ("NATS_SERVER", "ETCD_ENDPOINTS", "DYN_NAMESPACE_WORKER_SUFFIX", "DYN_TCP_RPC_PORT"):
                self.assertNotIn(name, values)
            if replica == "frontend/0":
                self.assertNotIn("DYN_SYSTEM_PORT", values)
            else:
                ports += [int(values["DYN_SYSTEM_PORT"]), int(values["DYNAMO_PORT_BOOTSTRAP"])]
        self.assertEqual(len(ports), len(set(ports)))
        self.assertLessEqual(max(ports), 32767)

    def left_in_order(self, run, replicas):
        """The frontend has ended before its workers were asked to."""
        ended = [line.split()[1] for line in run.lines if re.search(r" stopped$", line)]
        self.assertEqual(ended[0], "frontend/0", ended)
        self.assertEqual(set(ended), replicas)

    def test_the_kv_router_sends_a_known_prompt_to_who_knows_it(self):
        run = self.serve("agg_router")
        question = "What do we know of this? " * 20

        def cached():
            return self.answers(run, question=question)["usage"]["prompt_tokens_details"]["cached_tokens"]

        self.assertEqual(cached(), 0)
        for _ in range(4):  # by turns, every second one would meet a worker that has never seen it
            self.assertGreater(cached(), 300)
        counts = sorted(metric(run, f"worker/{number}", REQUESTS, dynamo_endpoint="generate") for number in range(2))
        self.assertEqual(counts, [0, 5])

    def test_prefill_and_decode_workers_share_the_work(self):
        run = self.serve("disagg_router")
        for number in range(8):
            self.answers(run, question=f"{number} is a number. " * 10)
        for slot in ("prefill", "decode"):
            counts = [metric(run, f"{slot}/{number}", REQUESTS, dynamo_endpoint="generate") for number in range(2)]
            self.assertEqual(sum(counts), 8, f"{slot}: {counts}")
            self.assertTrue(all(counts), f"{slot}: {counts}")

    def test_two_graphs_and_one_twice_do_not_see_each_other(self):
        first, second, other = self.serve("agg"), self.serve("agg"), self.serve("disagg")
        for run in (first, second, other):
            self.answers(run)
        self.assertEqual((self.namespaces(first), self.namespaces(other)), ({"agg"}, {"disagg"}))
        # The twins have one name; only their folders keep them apart.
        for run in (first, second):
            instances = ask(run.port, "GET", "/health").json()["instances"]
            self.assertEqual(sum(one["endpoint"] == "generate" for one in instances), 1, instances)
        self.stops(other)
        self.answers(first)

    def test_the_model_can_be_called_like_those_of_hugging_face(self):
        run = self.serve("agg", "model=Qwen/Qwen3-0.6B")
        self.assertEqual(chat(run.port, model="Qwen/Qwen3-0.6B", max_tokens=4).status, 200)

    def test_the_router_can_be_a_process_of_its_own(self):
        run = self.serve("disagg_service")
        self.answers(run)
        served = {(one["component"], one["endpoint"]) for one in ask(run.port, "GET", "/health").json()["instances"]}
        self.assertIn(("router", "best_worker_id"), served)
        self.stops(run)

    def test_a_host_without_a_network_is_enough(self):
        if subprocess.run(["unshare", "--net", "--map-root-user", "true"], capture_output=True).returncode != 0:
            self.skipTest("this user may not make a network namespace")
        inside = [sys.executable, "-B", str(Path(__file__).with_name("without_network.py")), str(GRAPH),
                  f"model_path={self.model}"]
        done = subprocess.run(["unshare", "--net", "--map-root-user", *inside], env={**os.environ, **self.variables()},
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("answered", done.stdout)

    # Graphs for which there is no GPU here

    def test_every_graph_on_gpus_can_be_planned(self):
        listed = json.loads(dynamo("graph", "list", GRAPH, "-o", "json").stdout)
        names = [graph["name"] for graph in listed["graphs"]]
        for engine in ("vllm", "sglang", "trtllm"):
            self.assertLessEqual({f"{engine}_{graph}" for graph in SIMULATED}, set(names))
        for graph in listed["graphs"]:
            done = dynamo("graph", "plan", f"{GRAPH}:{graph['name']}", "--gpus", "0-7", "-o", "json")
            self.assertEqual(done.returncode, 0, done.stderr)
            plan = json.loads(done.stdout)
            given = [gpu for process in plan["processes"] for gpu in process["gpus"]]
            if graph["name"].endswith("one_gpu"):
                self.assertEqual(given, [0, 0])
                continue
            self.assertEqual(len(given), len(set(given)))
            self.assertEqual(len(given), graph["gpus"]["min"])

    def test_the_readme_names_every_graph(self):
        listed = json.loads(dynamo("graph", "list", GRAPH, "-o", "json").stdout)
        text = (GRAPH.parent / "README.md").read_text()
        for graph in listed["graphs"]:
            self.assertIn(f"`{graph['name']}`", text)

    def test_the_tiny_model_is_what_its_script_writes(self):
        with tempfile.TemporaryDirectory() as folder:
            tiny_model.write(Path(folder))
            for file in Path(folder).iterdir():
                self.assertEqual(file.read_text(), (GRAPH.parent / "tiny-model" / file.name).read_text(), file.name)


for name in SIMULATED:
    setattr(Graphs, f"test_{name}_answers_and_stops", lambda self, name=name: self.answers_and_stops(name))


if __name__ == "__main__":
    main()
