"""Real Dynamo processes that are stopped at work, die, or find their port taken.

Run one test with: DYNAMO=build/dev/bin/dynamo python3 test_failures.py Failures.test_NAME
"""
import os, signal, socket, threading, time

from real import MODEL, PATIENCE, RealTest, load, main, one_request
from served import Served
from service import Stream, ask, eventually

# A frontend that nobody tells of its workers: it is ready before them, and still leaves before them.
WITHOUT_CLIENTS = """
apiVersion: dynamo/v1
components:
  Door:
    runtime: dynamo
    command: [python3, -m, dynamo.frontend]
    endpoints: {{chat: {{protocol: http, path: /v1/chat/completions}}}}
  Engine:
    runtime: dynamo
    command: [python3, -m, dynamo.mocker, --model-path, {model}, --model-name, tiny-chat]
    endpoints: [generate]
specs:
  Agg: {{entry: door, slots: {{door: Door = Door, engine: Engine = Engine}}}}
graphs:
  agg: {{spec: Agg}}
"""


def is_free(port):
    """A process that is ending may hold its sockets a little longer than its environment."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
        return True
    except OSError:
        return False


class Failures(RealTest):
    def long_streams(self, run, count, tokens):
        """Streams that have begun, each with a thread that reads it to its end."""
        streams = [Stream(run.port, question=f"Question {number}", model=MODEL, max_tokens=tokens, ignore_eos=True)
                   for number in range(count)]
        events = [[] for _ in streams]

        def read(stream, into):
            into.extend(stream)

        threads = [threading.Thread(target=read, args=pair) for pair in zip(streams, events)]
        for thread in threads:
            thread.start()
        eventually("all streams have begun", lambda: all(stream.reads > 3 for stream in streams))
        return threads, events

    def test_a_stop_cuts_no_stream_that_had_begun(self):
        without_clients = self.model / "graph.yaml"
        without_clients.write_text(WITHOUT_CLIENTS.format(model=self.model))
        for graph in ("agg", "disagg_router", f"{without_clients}:agg"):
            run = self.serve(graph)
            eventually("the model is there", lambda: one_request(run.port, 0) is None)
            threads, events = self.long_streams(run, count=4, tokens=1200)  # seven seconds
            begun = time.monotonic()
            run.interrupt()
            run.line("stopping")
            eventually("no new request is accepted", lambda: one_request(run.port, 0) is not None)
            for thread in threads:
                thread.join(PATIENCE)
            self.assertGreater(time.monotonic() - begun, 1, "there was nothing left to drain")
            self.assertEqual([event[-1] for event in events], ["[DONE]"] * 4)
            self.assertEqual(run.ended(PATIENCE), 130, run.text())
            stopped = [line.split()[1] for line in run.lines if line.endswith(" stopped")]
            self.assertIn(stopped[0], ("frontend/0", "door/0"), stopped)
            self.assertEqual(run.left(), [])

    def test_a_killed_worker_costs_no_request_and_is_replaced(self):
        for graph, replica in (("agg_router", "worker/0"), ("disagg_router", "decode/0"), ("disagg_router", "prefill/0")):
            run = self.serve(graph)
            old = run.workers()[replica][0]
            failed = load(run.port, seconds=6, at=2, then=lambda: run.kill_worker(replica))
            run.line(replica, "killed by SIGKILL")
            new = eventually("it is replaced", lambda: run.workers().get(replica))[0]
            self.assertNotEqual(new, old)
            eventually("it is ready", lambda: len(run.told(replica, "ready in")) == 2)
            # Requests move on to the other replica; whether those that are just being handed over are lost, Dynamo decides.
            self.assertLessEqual(len(failed), 2, failed)
            for _ in range(4):
                self.answers(run)
            self.stops(run)

    def test_a_killed_frontend_is_replaced(self):
        run = self.serve("disagg_router")
        old = run.kill_worker("frontend/0")
        eventually("it is ready", lambda: len(run.told("frontend/0", "ready in")) == 2)
        self.assertNotEqual(run.workers()["frontend/0"][0], old)
        self.answers(run)
        self.streams(run)
        self.stops(run)

    def test_the_remains_of_a_killed_run_do_no_harm(self):
        run = self.serve("disagg")
        for pid, values in run.left():
            if "DYNAMO_REPLICA" not in values:  # the supervisor and its guardian
                os.kill(pid, signal.SIGKILL)
        eventually("the workers are gone", lambda: not run.left() and is_free(run.port))
        home = run.home.name
        stale = [os.path.join(folder, file) for folder, _, files in os.walk(home) if "/kv/" in folder for file in files]
        self.assertTrue(stale, "the killed run was to leave its discovery entries")
        again = Served(self, run.target, *run.overrides, port=run.port, patience=PATIENCE,
                       variables=self.variables() | {"HOME": home})
        instances = ask(again.port, "GET", "/health").json()["instances"]
        self.assertEqual(sum(one["endpoint"] == "generate" for one in instances), 2, instances)
        self.answers(again)

    def test_a_worker_whose_system_port_is_taken_is_reported_and_not_believed(self):
        run = self.serve("agg", wait=False)

        def steal():
            """Listens on the worker's port before it does: Python needs half a second until it tries."""
            for _, values in run.workers("worker").values():
                listener = socket.create_server(("127.0.0.1", int(values["DYN_SYSTEM_PORT"])))
                listener.settimeout(1)
                return listener
            return None

        thief = eventually("the worker runs", steal)
        over = threading.Event()

        def lie():
            while not over.is_set():
                try:
                    connection, _ = thief.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        liar = threading.Thread(target=lie)
        liar.start()
        try:
            line = run.line("warning", f"port {thief.getsockname()[1]} belongs to `python3")
            self.assertIn("worker/0", line)
            run.line("System status server startup failed")  # and yet the worker goes on
            self.assertEqual(run.told("worker/0", "ready in"), [], run.text())
            self.stops(run)
        finally:
            over.set()
            liar.join()
            thief.close()


if __name__ == "__main__":
    main()
