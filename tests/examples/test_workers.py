"""The programs of examples/llm, run by hand with plain environment variables: no dynamo anywhere.

What a graph shows only now and then, for instance a backend that dies in the middle of an answer, is brought about here
by stand-ins for the backend that the tests steer. Run one test with: python3 test_workers.py Workers.test_NAME
"""
import http.client, http.server, itertools, json, os, signal, socket, subprocess, sys, tempfile, threading, unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from service import EXAMPLES, PATIENCE, Program, Stream, ask, chat, content, eventually, free_port, post, python

LLM = EXAMPLES / "llm"

CORPUS = """A slot holds a component. A graph binds a component to every slot, and dynamo starts the graph in its order.

A replica is one process of a component. A slot may have several replicas, and each replica has a number of its own.

A client is an arrow from a slot to another slot. The client gets the addresses of every replica of that slot.
"""


class SteeredBackend(http.server.ThreadingHTTPServer):
    """Answers /generate with `tokens`, one line each. `gate` is asked before each token is sent; False hangs up."""

    def __init__(self, tokens, gate=lambda index: True):
        self.tokens, self.gate, self.served = tokens, gate, 0
        super().__init__(("127.0.0.1", 0), SteeredHandler)
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/generate"


class SteeredHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.served += 1
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for index, token in enumerate(self.server.tokens):
            if not self.server.gate(index):
                self.close_connection = True
                return
            self.line({"token": token})
        self.line({"done": "stop"})
        self.wfile.write(b"0\r\n\r\n")

    def line(self, value):
        line = json.dumps(value).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))

    def log_message(self, *_):
        pass


class Workers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "corpus").mkdir()
        (self.folder / "corpus" / "text.md").write_text(CORPUS * 3)

    def start(self, file, *arguments, until=None, **environment):
        """A program, started by hand. With `until`, its port: waits until it listens there."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("DYNAMO_", "LISTEN_", "NOTIFY"))}
        program = Program(python(LLM / file, *arguments), cwd=LLM, env={**clean, **environment})
        self.addCleanup(program.kill)
        if until:
            eventually(f"{file} listens: {program.lines}", lambda: program.process.poll() is None and reachable(until))
        return program

    def backend(self, *arguments, **environment):
        port = free_port()
        program = self.start("backend.py", "--corpus", self.folder / "corpus", *arguments, until=port,
                             DYNAMO_LISTEN_GENERATE=f"127.0.0.1:{port}", **environment)
        return program, port

    def processor(self, *arguments, file="processor.py", **environment):
        port = free_port()
        program = self.start(file, *arguments, until=port, DYNAMO_LISTEN_PROCESS=f"127.0.0.1:{port}", **environment)
        return program, port

    def frontend(self, *processors):
        port = free_port()
        urls = ",".join(f"http://127.0.0.1:{processor}/process" for processor in processors)
        program = self.start("frontend.py", until=port, DYNAMO_LISTEN_CHAT=f"127.0.0.1:{port}",
                             DYNAMO_CLIENT_PROCESSOR=urls)
        return program, port

    def service(self, *urls, kind="Processor"):
        """A frontend and a processor in front of these backends; gives the frontend's port."""
        _, processor = self.processor(kind, DYNAMO_CLIENT_BACKEND=",".join(urls))
        return self.frontend(processor)[1]

    def steered(self, *arguments):
        backend = SteeredBackend(*arguments)
        self.addCleanup(backend.server_close)
        self.addCleanup(backend.shutdown)
        return backend

    # The backend

    def test_a_backend_gives_the_same_tokens_for_the_same_seed(self):
        _, port = self.backend()
        answers = [generate(port, seed=seed) for seed in (1, 1, 2, 3, 4, 5)]
        self.assertEqual(answers[0], answers[1])
        self.assertGreater(len({tuple(answer) for answer in answers}), 1)
        self.assertLessEqual(max(map(len, answers)), 20)

    def test_two_backends_agree(self):
        ports = [self.backend()[1], self.backend()[1]]
        self.assertEqual(*[generate(port, seed=7) for port in ports])

    def test_a_larger_order_keeps_to_its_texts(self):
        # Every three words in a row of an order of 4 that had a choice stand in the corpus; order 2 strays.
        def known(order):
            _, port = self.backend("--order", order)
            texts = ["".join(generate(port, seed=seed, temperature=1)) for seed in range(40)]
            found = total = 0
            for text in texts:
                words = text.replace(",", "").replace(".", "").split()
                for three in zip(words, words[1:], words[2:]):
                    total += 1
                    found += " ".join(three) in CORPUS.replace(",", "").replace(".", "")
            return found / total

        self.assertGreater(known(6), known(2))

    def test_a_backend_says_so_when_it_has_too_little_to_learn_from(self):
        program, _ = self.backend()
        self.assertIn("words of documentation: learning from this program's own, too", program.line("has only"))

    def test_a_backend_survives_a_folder_that_is_not_there(self):
        port = free_port()
        program = self.start("backend.py", "--corpus", self.folder / "nowhere", until=port,
                             DYNAMO_LISTEN_GENERATE=f"127.0.0.1:{port}")
        program.line("has only 0 words")
        self.assertTrue(generate(port, seed=1))

    def test_a_backend_tells_when_it_is_ready(self):
        path = str(self.folder / "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(path)
            notify.settimeout(PATIENCE)
            self.backend(NOTIFY_SOCKET=path)
            self.assertEqual(notify.recv(100), b"READY=1")

    def test_a_backend_takes_an_inherited_socket(self):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            launch = ("import os, sys; os.dup2(int(sys.argv[1]), 3); os.environ['LISTEN_PID'] = str(os.getpid()); "
                      "os.execv(sys.executable, [sys.executable, '-B', *sys.argv[2:]])")
            program = Program([sys.executable, "-c", launch, str(listening.fileno()), str(LLM / "backend.py"),
                               "--corpus", str(self.folder / "corpus")],
                              pass_fds=[listening.fileno()], cwd=LLM,
                              env={**os.environ, "LISTEN_FDS": "1", "LISTEN_FDNAMES": "generate"})
            self.addCleanup(program.kill)
            # No wait: who comes early stands in the socket's queue.
            self.assertTrue(generate(listening.getsockname()[1], seed=1))
            self.assertEqual(program.stop(), 0)

    def test_a_program_without_its_variable_says_which(self):
        for file, *arguments, variable in (("backend.py", "DYNAMO_LISTEN_GENERATE"),
                                           ("processor.py", "FastProcessor", "DYNAMO_LISTEN_PROCESS"),
                                           ("frontend.py", "DYNAMO_LISTEN_CHAT"), ("guard.py", "DYNAMO_LISTEN_CHECK"),
                                           ("metrics.py", "DYNAMO_LISTEN_SCRAPE"), ("planner.py", "DYNAMO_CLIENTS_FILE")):
            program = self.start(file, *arguments)
            self.assertEqual(program.ended(), 1, file)
            self.assertIn(f"{variable} is not set", program.text())

    # The whole chain

    def test_chat_and_completions_answer_as_openai_does(self):
        _, backend = self.backend()
        port = self.service(f"http://127.0.0.1:{backend}/generate")

        models = ask(port, "GET", "/v1/models").json()
        self.assertEqual([model["id"] for model in models["data"]], ["docs"])
        self.assertEqual(ask(port, "GET", "/v1/models/docs").json()["id"], "docs")

        answer = chat(port, "What is a replica?", seed=1, model="docs", max_tokens=5)
        self.assertEqual(answer.headers["Content-Type"], "application/json")
        body = answer.json()
        self.assertEqual(body["object"], "chat.completion")
        self.assertTrue(body["id"].startswith("chatcmpl-"))
        self.assertEqual(body["choices"][0]["message"]["role"], "assistant")
        self.assertTrue(content(answer).startswith("The replica"), content(answer))
        self.assertEqual(body["choices"][0]["finish_reason"], "length")
        usage = body["usage"]
        self.assertEqual(usage["completion_tokens"], 5)
        self.assertEqual(usage["total_tokens"], usage["prompt_tokens"] + 5)

        body = post(port, "/v1/completions", prompt="A replica is one", seed=1, temperature=0).json()
        self.assertEqual(body["object"], "text_completion")
        self.assertTrue(body["choices"][0]["text"].startswith(" process of a component"), body)

    def test_every_processor_streams_what_it_would_answer(self):
        _, backend = self.backend()
        for kind in ("Processor", "FastProcessor", "SlowProcessor"):
            port = self.service(f"http://127.0.0.1:{backend}/generate", kind=kind)
            for path in ("/v1/chat/completions", "/v1/completions"):
                pieces = Stream(port, path, "What is a slot?", seed=3).pieces()
                whole = chat(port, "What is a slot?", seed=3) if "chat" in path else \
                    post(port, path, prompt="What is a slot?", seed=3)
                self.assertEqual("".join(pieces), content(whole), kind)
                self.assertGreaterEqual(len(pieces), whole.json()["usage"]["completion_tokens"])

    def test_each_token_reaches_the_client_before_the_next_one_is_made(self):
        permits = threading.Semaphore(0)
        backend = self.steered([" one", " two", " three"], lambda index: permits.acquire(timeout=PATIENCE))
        port = self.service(backend.url)
        permits.release()  # the first token comes with the head of the answer
        stream = Stream(port, "/v1/completions", "zero")
        seen = []
        for event in stream:
            choice = None if event == "[DONE]" else json.loads(event)["choices"][0]
            seen.append(choice and choice["text"])
            permits.release()  # only now may the next one be made
        self.assertEqual(seen, [" one", " two", " three", "", None])

    def test_the_usage_of_a_stream_comes_when_it_is_asked_for(self):
        backend = self.steered([" a", " b"])
        port = self.service(backend.url)
        events = list(Stream(port, stream_options={"include_usage": True}))
        last = json.loads(events[-2])
        self.assertEqual(last["choices"], [])
        self.assertEqual(last["usage"]["completion_tokens"], 2)
        self.assertNotIn("usage", "".join(list(Stream(port))))

    def test_what_is_wrong_is_told_with_the_right_status(self):
        port = self.service(self.steered([" a"]).url)
        good = {"messages": [{"role": "user", "content": "a graph"}]}
        path = "/v1/chat/completions"
        self.assertEqual(post(port, path, **good).status, 200)
        for status, method, where, body in (
                (400, "POST", path, b"{"), (400, "POST", path, b""), (400, "POST", path, b"[]"),
                (400, "POST", path, {}), (400, "POST", path, {"messages": []}),
                (400, "POST", path, {"messages": ["hello"]}),
                (400, "POST", path, {"messages": [{"role": "user"}]}),
                (400, "POST", path, {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}),
                (400, "POST", path, {"messages": [{"role": "king", "content": "a"}]}),
                (400, "POST", path, {**good, "max_tokens": 0}), (400, "POST", path, {**good, "max_tokens": "9"}),
                (400, "POST", path, {**good, "max_tokens": True}), (400, "POST", path, {**good, "temperature": 2.5}),
                (400, "POST", path, {**good, "seed": 1.5}), (400, "POST", path, {**good, "stream": "yes"}),
                (400, "POST", path, {**good, "n": 2}), (400, "POST", path, {**good, "logprobs": True}),
                (400, "POST", path, {**good, "tools": [{}]}), (400, "POST", "/v1/completions", {"prompt": ["a", "b"]}),
                (400, "POST", "/v1/completions", {}), (404, "POST", path, {**good, "model": "gpt"}),
                (404, "GET", "/v1/models/gpt", None), (404, "GET", "/", None), (404, "POST", "/v1/embeddings", {}),
                (405, "GET", path, None), (405, "DELETE", "/v1/models", None), (405, "PUT", path, {}), (413, "POST", path, b" " * (1 << 21))):
            with self.subTest(method=method, path=where, body=body[:20] if isinstance(body, bytes) else body):
                try:
                    answer = ask(port, method, where, body)
                except ConnectionError:  # a body that nobody reads may cost the connection
                    self.assertEqual(status, 413)
                    continue
                self.assertEqual(answer.status, status, answer.body)
                self.assertTrue(answer.error()["message"])
                self.assertEqual(answer.headers["Content-Type"], "application/json")
        self.assertEqual(ask(port, "DELETE", "/v1/models").headers["Allow"], "GET")
        # What asks for nothing special is no reason to refuse.
        usual = {"n": 1, "top_p": 1.0, "stop": [], "response_format": {"type": "text"}, "user": "someone", "tools": []}
        self.assertEqual(post(port, path, **good, **usual).status, 200)
        parts = [{"role": "user", "content": [{"type": "text", "text": "a graph"}]}]
        self.assertEqual(post(port, path, messages=parts).status, 200)

    def test_one_connection_serves_many_requests_and_errors(self):
        port = self.service(self.steered([" a"]).url)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        for path, body, status in (("/v1/completions", b'{"prompt": "x"}', 200), ("/nowhere", b"{}", 404),
                                   ("/v1/completions", b'{"prompt": 1}', 400),
                                   ("/v1/completions", b'{"prompt": "x", "stream": true}', 200)) * 2:
            connection.request("POST", path, body)
            response = connection.getresponse()
            response.read()
            self.assertEqual(response.status, status)

    def test_a_frontend_without_its_processor_answers_503_until_it_is_back(self):
        backend = self.steered([" a"])
        program, processor = self.processor("FastProcessor", DYNAMO_CLIENT_BACKEND=backend.url)
        _, port = self.frontend(processor)
        self.assertEqual(ask(port, "GET", "/health").status, 200)
        program.kill()
        for answer in (chat(port), chat(port, stream=True), ask(port, "GET", "/health")):
            self.assertEqual(answer.status, 503)
            self.assertEqual(answer.headers["Retry-After"], "1")
            self.assertIn("processor", answer.error()["message"])
        self.assertEqual(ask(port, "GET", "/live").status, 200)
        self.start("processor.py", "FastProcessor", until=processor, DYNAMO_CLIENT_BACKEND=backend.url,
                   DYNAMO_LISTEN_PROCESS=f"127.0.0.1:{processor}")
        self.assertEqual(chat(port).status, 200)
        self.assertEqual(ask(port, "GET", "/health").status, 200)

    def test_without_any_backend_the_client_learns_who_is_missing(self):
        for urls in ([], [f"http://127.0.0.1:{free_port()}/generate"]):
            answer = chat(self.service(*urls))
            self.assertEqual(answer.status, 503)
            self.assertIn("no replica of `backend`", answer.error()["message"])
            self.assertEqual(answer.headers["Retry-After"], "1")

    # Several replicas

    def test_replicas_take_turns(self):
        backends = [self.steered([" a"]) for _ in range(3)]
        port = self.service(*[backend.url for backend in backends])
        for _ in range(9):
            self.assertEqual(chat(port).status, 200)
        self.assertEqual([backend.served for backend in backends], [3, 3, 3])

    def test_a_replica_that_is_away_is_passed_over(self):
        backend = self.steered([" a"])
        port = self.service(f"http://127.0.0.1:{free_port()}/generate", backend.url)
        for _ in range(4):
            self.assertEqual(chat(port).status, 200)
        self.assertEqual(backend.served, 4)

    def test_an_answer_goes_on_at_the_next_replica_when_one_dies(self):
        tokens = [f" {number}" for number in range(10)]
        dies, lives = self.steered(tokens, lambda index: index < 4), self.steered(tokens)
        port = self.service(dies.url, lives.url)
        self.assertEqual(Stream(port, "/v1/completions", "x").pieces(), tokens)
        self.assertEqual((dies.served, lives.served), (1, 1))

    def test_a_stream_that_cannot_go_on_ends_with_an_error(self):
        dies = self.steered([" 1", " 2", " 3"], lambda index: index < 2)
        events = list(Stream(self.service(dies.url), "/v1/completions", "x"))
        self.assertEqual(json.loads(events[-2])["error"]["code"], "unavailable")
        self.assertEqual(events[-1], "[DONE]")
        self.assertEqual(len(events), 4)

    def test_a_client_that_hangs_up_stops_the_backend(self):
        program, backend = self.backend("--pace", "20ms")
        port = self.service(f"http://127.0.0.1:{backend}/generate")
        stream = Stream(port, "/v1/completions", "A", max_tokens=2000)
        next(iter(stream))
        stream.response.close()
        stream.connection.close()
        eventually("the backend stops", lambda: ask(backend, "GET", "/stats").json()["active"] == 0)
        eventually("the frontend, too", lambda: ask(port, "GET", "/stats").json()["active"] == 0)

    # The parts that are optional

    def test_a_guard_refuses_when_there_is_one(self):
        backend, guard = self.steered([" a"]), free_port()
        program = self.start("guard.py", "--words", "secret,password", until=guard,
                             DYNAMO_LISTEN_CHECK=f"127.0.0.1:{guard}")
        for kind in ("Processor", "FastProcessor", "SlowProcessor"):
            for url, status in (("", 200), (f"http://127.0.0.1:{guard}/check", 400)):
                _, processor = self.processor(kind, DYNAMO_CLIENT_BACKEND=backend.url, DYNAMO_CLIENT_GUARD=url)
                _, port = self.frontend(processor)
                self.assertEqual(chat(port, "What is a graph?").status, 200)
                self.assertEqual(post(port, "/v1/completions", prompt="my secret").status, status)
                answer = chat(port, "What is your PASSWORD?")
                self.assertEqual(answer.status, status)
        self.assertEqual(answer.error()["code"], "content_filter")
        self.assertIn("`password`", answer.error()["message"])
        program.kill()
        self.assertIn("guard", chat(port).error()["message"])  # a guard that is away lets nothing pass

    def test_my_processor_asks_who_is_ready_according_to_the_clients_file(self):
        backends = [self.steered([f" {number}"]) for number in range(2)]
        file, revision = self.folder / "clients.json", itertools.count(1)

        def write(*ready):
            instances = [{"id": f"backend/{index}", "ready": ready[index], "endpoints": {"generate": backend.url}}
                         for index, backend in enumerate(backends)]
            content = {"revision": next(revision), "clients": {"backend_client": {"instances": instances}}}
            (self.folder / "new").write_text(json.dumps(content))
            (self.folder / "new").rename(file)

        write(True, False)
        program, processor = self.processor(file="my_processor.py", DYNAMO_CLIENTS_FILE=str(file))
        _, port = self.frontend(processor)
        answers = lambda: {content(post(port, "/v1/completions", prompt="x")) for _ in range(4)}
        self.assertEqual(answers(), {" 0"})
        write(False, True)
        self.assertEqual(answers(), {" 1"})
        write(True, True)
        self.assertEqual(answers(), {" 0", " 1"})
        write(False, False)
        self.assertEqual(chat(port).status, 503)
        program.line("revision 3", "2 of 2 ready")

    def test_the_planner_reports_every_replica(self):
        _, backend = self.backend()
        file = self.folder / "clients.json"
        file.write_text(json.dumps({"clients": {"backends": {"instances": [
            {"id": "backend/0", "ready": True, "endpoints": {"generate": f"http://127.0.0.1:{backend}/generate"}},
            {"id": "backend/1", "ready": False, "endpoints": {"generate": f"http://127.0.0.1:{free_port()}/generate"}},
        ]}}}))
        planner = self.start("planner.py", "--every", "50ms", DYNAMO_CLIENTS_FILE=str(file))
        planner.line("load", "backend/0: 0 active, 0 requests", "backend/1: away")
        generate(backend, seed=1)
        planner.line("backend/0: 0 active, 1 requests")
        self.assertEqual(planner.stop(), 0)

    def test_metrics_speaks_prometheus(self):
        _, backend = self.backend(DYNAMO_COMPONENT="Backend", DYNAMO_SLOT="backend", DYNAMO_REPLICA="0")
        generate(backend, seed=1)
        gone, port = free_port(), free_port()
        self.start("metrics.py", until=port, DYNAMO_LISTEN_SCRAPE=f"127.0.0.1:{port}",
                   DYNAMO_CLIENT_TARGETS=f"http://127.0.0.1:{backend}/generate,http://127.0.0.1:{gone}/x")
        answer = ask(port, "GET", "/metrics")
        lines = answer.body.decode().splitlines()
        self.assertTrue(answer.headers["Content-Type"].startswith("text/plain; version=0.0.4"))
        self.assertIn(f'llm_up{{address="127.0.0.1:{backend}"}} 1', lines)
        self.assertIn(f'llm_up{{address="127.0.0.1:{gone}"}} 0', lines)
        self.assertIn('llm_requests_total{component="Backend",slot="backend",replica="0"} 1', lines)
        self.assertIn("# TYPE llm_tokens_total counter", lines)

    # The end

    def test_sigterm_finishes_what_was_begun_and_accepts_nothing_new(self):
        permits = threading.Semaphore(1)
        tokens = [" one", " two", " three"]
        backend = self.steered(tokens, lambda index: permits.acquire(timeout=PATIENCE))
        processor_program, processor = self.processor("Processor", DYNAMO_CLIENT_BACKEND=backend.url)
        frontend_program, port = self.frontend(processor)
        stream = iter(Stream(port, "/v1/completions", "x"))
        texts = [next(stream)]
        for program, where in ((frontend_program, port), (processor_program, processor)):
            program.process.send_signal(signal.SIGTERM)
            eventually("nothing new is accepted", lambda: not reachable(where))
            self.assertIsNone(program.process.poll())
        for _ in tokens:
            permits.release()
        texts += list(stream)
        self.assertEqual([json.loads(text)["choices"][0]["text"] for text in texts[:-1]], [*tokens, ""])
        self.assertEqual(texts[-1], "[DONE]")
        self.assertEqual((frontend_program.ended(), processor_program.ended()), (0, 0))

    def test_every_program_ends_on_sigterm_and_ctrl_c_with_status_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            for file, *arguments, endpoint in (
                    ("backend.py", "--corpus", self.folder / "corpus", "GENERATE"), ("guard.py", "CHECK"),
                    ("processor.py", "SlowProcessor", "PROCESS"), ("frontend.py", "CHAT"), ("metrics.py", "SCRAPE")):
                with self.subTest(file=file, signal=number):
                    port = free_port()
                    program = self.start(file, *arguments, until=port,
                                         **{"DYNAMO_LISTEN_" + endpoint: f"127.0.0.1:{port}"})
                    idle = socket.create_connection(("127.0.0.1", port))  # one that says nothing holds nobody up
                    self.addCleanup(idle.close)
                    self.assertEqual(program.stop(number), 0, program.text())
                    self.assertNotIn("Traceback", program.text())

    def test_ask_shows_the_answer_or_says_what_is_wrong(self):
        port = self.service(self.steered([" is", " here", "."]).url)
        url = f"http://127.0.0.1:{port}"
        run = lambda *words: subprocess.run(python(LLM / "ask.py", *words), capture_output=True, text=True,
                                            timeout=PATIENCE)
        done = run("--url", url, "Where is the graph?")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "The graph is here.\n", ""))
        done = run("--url", url, "--max-tokens", "0", "x")
        self.assertEqual(done.returncode, 1)
        self.assertIn("400, `max_tokens` must be", done.stderr)
        done = run("--url", f"http://127.0.0.1:{free_port()}", "x")
        self.assertEqual(done.returncode, 1)
        self.assertIn("does not answer", done.stderr)


def reachable(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
        return True
    except ConnectionError:
        return False


def generate(port, temperature=0.7, **settings):
    answer = post(port, "/generate", tokens=["A", " slot"], max_tokens=20, temperature=temperature, **settings)
    assert answer.status == 200, answer.body
    *tokens, last = [json.loads(line) for line in answer.body.splitlines()]
    assert last["done"] in ("stop", "length"), last
    return [token["token"] for token in tokens]


if __name__ == "__main__":
    unittest.main(verbosity=2)
