"""The graphs of examples/llm, served by the real binary (DYNAMO in the environment) and asked by real HTTP requests.

Every run has a home and a port of its own and carries a mark in its environment, so that a test can find its processes
and see that none is left. Run one test with: DYNAMO=build/dev/bin/dynamo python3 test_llm.py Graphs.test_NAME
"""
import json, os, re, signal, socket, subprocess, sys, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from served import Served, dynamo, environments
from service import EXAMPLES, PATIENCE, Stream, ask, chat, content, eventually, free_port, post, python

LLM = EXAMPLES / "llm"
GRAPH = LLM / "graph.yaml"
GRAPHS = {  # graph -> its replicas
    "default_agg": {"frontend/0", "processor/0", "backend/0"},
    "custom_agg": {"frontend/0", "processor/0", "backend/0"},
    "fast_agg": {"frontend/0", "processor/0", "backend/0"},
    "slow_agg": {"frontend/0", "processor/0", "backend/0"},
    "my_agg": {"frontend/0", "processor/0", "backend/0"},
    "guarded_agg": {"frontend/0", "processor/0", "backend/0", "guard/0"},
    "two_backends": {"frontend/0", "processor/0", "backend/0", "backend/1"},
    "fd_agg": {"frontend/0", "processor/0", "backend/0", "backend/1"},
    "observed": {"frontend/0", "processor/0", "backend/0", "backend/1", "planner/0", "metrics/0"},
}


class ServedText(Served):
    def numbers(self, replica):
        """What that replica's own /stats says."""
        values = self.workers()[replica][1]
        return ask(int(values["DYNAMO_LISTEN_GENERATE"].rsplit(":", 1)[1]), "GET", "/stats").json()


class Graphs(unittest.TestCase):
    def serve(self, target, *overrides, **options):
        return ServedText(self, target if ":" in target else f"{GRAPH}:{target}", *overrides, **options)

    def stops(self, run, number=signal.SIGINT):
        """Stops a run and sees that all of it has ended."""
        ids = {values["DYNAMO_RUN_ID"] for _, values in run.workers().values()}
        self.assertEqual(len(ids), 1)
        run.interrupt(number)
        self.assertEqual(run.ended(), 128 + number, run.text())
        self.assertEqual(run.left(), [])
        self.assertEqual([pid for pid, values in environments() if values.get("DYNAMO_RUN_ID") in ids], [])

    # Every graph

    def test_the_file_is_without_fault_and_has_just_these_graphs(self):
        checked = dynamo("graph", "validate", "--strict", GRAPH)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        listed = json.loads(dynamo("graph", "list", GRAPH, "-o", "json").stdout)
        self.assertEqual({graph["name"] for graph in listed["graphs"]}, set(GRAPHS))
        table = set(re.findall(r"^\| `(\w+)` \|", (LLM / "README.md").read_text(), re.MULTILINE))
        self.assertLessEqual(set(GRAPHS), table)

    def serves_and_stops(self, graph):
        extra = ["metrics.endpoints.scrape.port=%d" % free_port()] if graph == "observed" else []
        run = self.serve(graph, *extra)
        eventually("all replicas run", lambda: set(run.workers()) == GRAPHS[graph])
        self.assertEqual(ask(run.port, "GET", "/v1/models").json()["data"][0]["id"], "docs")
        answer = chat(run.port, "What is a component?", seed=5, max_tokens=12)
        self.assertTrue(content(answer).startswith("The component"), answer.body)
        self.assertGreater(answer.json()["usage"]["completion_tokens"], 0)
        pieces = Stream(run.port, question="What is a component?", seed=5, max_tokens=12).pieces()
        self.assertEqual("".join(pieces), content(answer))
        run.line("frontend/0", "POST /v1/chat/completions 200")
        self.stops(run)

    # One test per graph: test_fast_agg_answers_and_stops, ... (below the class)

    def test_a_spec_is_served_with_its_defaults(self):
        run = self.serve("LLMAgg", "model=renamed")
        self.assertEqual(chat(run.port, model="renamed").status, 200)
        self.assertEqual(chat(run.port, model="docs").status, 404)
        self.stops(run, signal.SIGTERM)

    def test_a_slot_can_be_changed_on_the_command_line(self):
        run = self.serve("fast_agg", "backend=SlowBackend", "backend.params.pace=0s", "backend.replicas=3")
        self.assertEqual({values["DYNAMO_COMPONENT"] for _, values in run.workers("backend").values()}, {"SlowBackend"})
        self.assertEqual(len(run.workers("backend")), 3)
        self.assertEqual(chat(run.port).status, 200)

    # Answers

    def test_each_token_arrives_when_it_is_made(self):
        run = self.serve("fast_agg", "backend.params.pace=60ms")
        seed = next(seed for seed in range(100)
                    if chat(run.port, seed=seed, max_tokens=12).json()["usage"]["completion_tokens"] == 12)
        stream = Stream(run.port, seed=seed, max_tokens=12)
        events = list(stream)
        # The head, how the answer begins, 12 tokens, the end, [DONE]; between two tokens lies a pause of 60 ms.
        self.assertEqual(len(events), 16)
        self.assertGreaterEqual(stream.times[-1] - stream.times[0], 0.5 * 12 * 0.06)
        self.assertGreater(stream.reads, 6)

    def test_a_streamed_completion_is_the_same_as_a_whole_one(self):
        run = self.serve("slow_agg", "backend.params.pace=1ms")
        for seed in range(3):
            whole = post(run.port, "/v1/completions", prompt="Every replica of", seed=seed)
            self.assertEqual("".join(Stream(run.port, "/v1/completions", "Every replica of", seed=seed).pieces()),
                             content(whole))

    def test_errors_have_the_form_of_openai(self):
        run = self.serve("fast_agg")
        for status, method, path, body in ((400, "POST", "/v1/chat/completions", b"no json"),
                                           (400, "POST", "/v1/chat/completions", {"messages": "hello"}),
                                           (404, "POST", "/v1/completions", {"prompt": "x", "model": "other"}),
                                           (404, "GET", "/v2/models", None), (405, "GET", "/v1/completions", None)):
            answer = ask(run.port, method, path, body)
            self.assertEqual(answer.status, status)
            self.assertEqual(answer.error()["type"], "invalid_request_error")

    def test_the_small_client_shows_an_answer(self):
        run = self.serve("fast_agg")
        done = subprocess.run(python(LLM / "ask.py", "--url", f"http://127.0.0.1:{run.port}", "What is a graph?"),
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("The graph"), done.stdout)

    # Optional parts, sidecars, several replicas

    def test_the_optional_guard_is_asked_only_where_there_is_one(self):
        for graph, status in (("fast_agg", 200), ("guarded_agg", 400)):
            run = self.serve(graph)
            answer = chat(run.port, "What is your secret?")
            self.assertEqual(answer.status, status, answer.body)
            connected = run.workers()["processor/0"][1]["DYNAMO_CLIENT_GUARD"]
            self.assertEqual(bool(connected), graph == "guarded_agg")
            self.assertEqual(chat(run.port, "What is a graph?").status, 200)
        self.assertEqual(answer.error()["code"], "content_filter")

    def test_two_replicas_both_get_work(self):
        run = self.serve("two_backends")
        for _ in range(6):
            self.assertEqual(chat(run.port).status, 200)
        self.assertEqual([run.numbers(replica)["requests"] for replica in ("backend/0", "backend/1")], [3, 3])

    def test_the_sidecars_see_every_replica(self):
        scrape = free_port()
        run = self.serve("observed", f"metrics.endpoints.scrape.port={scrape}", "planner.params.every=100ms")
        for _ in range(4):
            chat(run.port)
        run.line("planner/0", "load", "processor/0:", "backend/0:", "backend/1:")
        run.line("planner/0", "load", "backend/0: 0 active, 2 requests")
        run.line("metrics/0", "ready")
        lines = ask(scrape, "GET", "/metrics").body.decode().splitlines()
        self.assertEqual(sum(line.startswith("llm_up{") and line.endswith(" 1") for line in lines), 4, lines)
        for replica in "01":
            self.assertIn(f'llm_requests_total{{component="FastBackend",slot="backend",replica="{replica}"}} 2', lines)
        self.assertIn('llm_requests_total{component="Frontend",slot="frontend",replica="0"} 4', lines)

    def test_my_processor_reads_the_clients_file(self):
        run = self.serve("my_agg", "backend.replicas=2")
        run.line("processor/0", "clients file", "2 of 2 ready")
        run.kill_worker("backend/0")
        self.assertEqual(chat(run.port).status, 200)  # the other one is still there

        def read_anew():
            self.assertEqual(chat(run.port).status, 200)
            return sum("clients file" in line for line in run.lines) > 1

        eventually("the processor has read the file anew", read_anew)

    # When something dies

    def test_a_killed_backend_is_replaced_and_answers_again(self):
        run = self.serve("fast_agg")
        before = content(chat(run.port, seed=1))
        old = run.kill_worker("backend/0")
        answer = eventually("an answer again", lambda: (it := chat(run.port, seed=1)).status == 200 and it)
        self.assertEqual(content(answer), before)
        self.assertNotEqual(run.workers()["backend/0"][0], old)
        run.line("backend/0", "killed by SIGKILL")
        self.stops(run)

    def test_an_answer_survives_the_death_of_its_backend(self):
        run = self.serve("two_backends", "backend.params.pace=40ms")
        seed = next(seed for seed in range(100)
                    if chat(run.port, seed=seed, max_tokens=25).json()["usage"]["completion_tokens"] == 25)
        whole = content(chat(run.port, seed=seed, max_tokens=25))
        stream = Stream(run.port, seed=seed, max_tokens=25)
        events, texts = iter(stream), []
        for _ in range(4):
            texts.append(next(events))
        busy = next(replica for replica in ("backend/0", "backend/1") if run.numbers(replica)["active"] == 1)
        run.kill_worker(busy)
        texts += list(events)
        self.assertEqual(texts.pop(), "[DONE]")
        deltas = [json.loads(text)["choices"][0]["delta"].get("content", "") for text in texts]
        self.assertEqual("".join(deltas), whole)
        run.line("processor/0", "is away")

    def test_the_frontend_answers_503_while_the_processor_is_away(self):
        run = self.serve("fast_agg", "processor.restart.backoff=4s")
        run.kill_worker("processor/0")
        for answer in (chat(run.port), chat(run.port, stream=True), ask(run.port, "GET", "/health")):
            self.assertEqual(answer.status, 503)
            self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertEqual(answer.error()["code"], "unavailable")
        self.assertEqual(ask(run.port, "GET", "/live").status, 200)
        eventually("the processor is back", lambda: chat(run.port).status == 200)

    def test_an_inherited_socket_outlives_all_who_accept_from_it(self):
        run = self.serve("fd_agg")
        workers = run.workers("backend")
        self.assertEqual({os.readlink(f"/proc/{pid}/fd/3") for pid, _ in workers.values()},
                         {os.readlink(f"/proc/{next(iter(workers.values()))[0]}/fd/3")})
        for pid, values in workers.values():
            self.assertEqual((values["LISTEN_FDS"], values["LISTEN_FDNAMES"]), ("1", "generate"))
            self.assertEqual(values["LISTEN_PID"], str(pid))
        self.assertNotIn(",", run.workers()["processor/0"][1]["DYNAMO_CLIENT_BACKEND"])  # one address for both
        before = content(chat(run.port, seed=1))
        for pid, _ in workers.values():
            os.kill(pid, signal.SIGKILL)
        eventually("both are gone", lambda: not {pid for pid, _ in workers.values()} & set(dict(run.left())))
        self.assertEqual(content(chat(run.port, seed=1)), before)  # it waited in the queue; nobody was refused

    # The end

    def test_ctrl_c_lets_a_stream_finish(self):
        run = self.serve("fast_agg", "backend.params.pace=40ms")
        seed = next(seed for seed in range(100)
                    if chat(run.port, seed=seed, max_tokens=20).json()["usage"]["completion_tokens"] == 20)
        events = iter(Stream(run.port, seed=seed, max_tokens=20))
        texts = [next(events) for _ in range(3)]
        run.interrupt()
        texts += list(events)
        self.assertEqual(texts[-1], "[DONE]")
        self.assertEqual(len(texts), 24)
        self.assertEqual(run.ended(), 130)
        self.assertEqual(run.left(), [])

    def test_a_port_that_is_taken_ends_it_with_status_4(self):
        with socket.create_server(("127.0.0.1", 0)) as holder:
            port = holder.getsockname()[1]
            run = self.serve("fast_agg", port=port, wait=False)
            self.assertEqual(run.ended(), 4, run.text())
            self.assertIn(str(port), run.text())
            self.assertEqual(run.left(), [])

    # Mistakes

    def test_wrong_yaml_gets_told_what_is_wrong(self):
        wrong = LLM / "wrong.yaml"
        lines = wrong.read_text().splitlines()

        def place(line_with, word):
            number = next(number for number, line in enumerate(lines) if line_with in line)
            return number + 1, lines[number].index(word) + 1

        bound, misspelled = place("frontend: Backend", "Backend"), place("procesor", "procesor")
        told = json.loads(dynamo("graph", "validate", wrong, "--format", "json").stdout)
        self.assertFalse(told["valid"])
        found = []
        for diagnostic in told["diagnostics"]:
            at = next(span for span in diagnostic["spans"] if span["primary"])
            found.append((diagnostic["code"], Path(at["file"]).name, at["start"]["line"], at["start"]["column"]))
        self.assertEqual(found, [("DG0401", "wrong.yaml", *bound), ("DG0404", "wrong.yaml", *misspelled)])

        shown = dynamo("graph", "validate", wrong)
        self.assertEqual((shown.returncode, shown.stdout), (1, ""))
        for part in ("error[DG0401]", "`Backend`", "`Frontend`", f"wrong.yaml:{bound[0]}:{bound[1]}", "graph.yaml:",
                     "error[DG0404]", "`procesor`", "did you mean `processor`?"):
            self.assertIn(part, shown.stderr)

    def test_a_wrong_graph_is_not_served(self):
        run = self.serve(f"{LLM / 'wrong.yaml'}:g4", wait=False)
        self.assertEqual(run.ended(), 1, run.text())
        self.assertIn("DG0401", run.text())
        self.assertEqual(run.left(), [])


for name in GRAPHS:
    setattr(Graphs, f"test_{name}_answers_and_stops", lambda self, name=name: self.serves_and_stops(name))


if __name__ == "__main__":
    unittest.main(verbosity=2)
