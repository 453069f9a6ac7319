"""The examples over etcd and NATS: Debian's servers as components of the graph, and as servers that run already."""
import os, shutil, tempfile

from real import RealTest, main, one_request
from service import Program, ask, eventually, free_port


def answers(port, path):
    try:
        return ask(port, "GET", path).status == 200
    except OSError:
        return False


class Stores(RealTest):
    servers = True
    my_servers = {}

    def variables(self):
        return super().variables() | self.my_servers

    def serve_stores(self):
        return self.serve("disagg_stores", f"nats_port={free_port()}")

    def test_they_are_ready_before_the_workers_start_and_leave_after_them(self):
        run = self.serve_stores()
        self.answers(run)
        self.streams(run)
        for _, values in run.workers("decode").values():
            self.assertEqual((values["DYN_DISCOVERY_BACKEND"], values["DYN_EVENT_PLANE"]), ("etcd", "nats"))
            self.assertNotIn("127.0.0.1:1,", values["ETCD_ENDPOINTS"] + ",")
        self.stops(run)
        told = [line.split()[1:] for line in run.lines if "/" in (line.split() + ["", ""])[1]]
        order = [(words[0].split("/")[0], words[2]) for words in told if words[2] in ("starting", "ready", "stopped")]
        last_store = max(order.index((store, "ready")) for store in ("discovery", "events"))
        self.assertLess(last_store, min(order.index((slot, "starting")) for slot in ("prefill", "decode", "frontend")))
        self.assertEqual([slot for slot, state in order if state == "stopped"][0], "frontend")
        self.assertEqual({slot for slot, state in order[-2:] if state == "stopped"}, {"discovery", "events"})

    def test_they_can_run_already_and_be_named(self):
        variables = os.environ | self.variables()
        client, peer, nats, monitor = (free_port() for _ in range(4))
        url = f"http://127.0.0.1:{client}"
        with tempfile.TemporaryDirectory() as folder:
            for port, path, command in ((client, "/health", [
                    "etcd", "--data-dir", folder, "--listen-client-urls", url, "--advertise-client-urls", url,
                    "--listen-peer-urls", f"http://127.0.0.1:{peer}"]), (monitor, "/healthz", [
                    "nats-server", "--addr", "127.0.0.1", "--port", str(nats), "--http_port", str(monitor)])):
                server = Program([shutil.which(command[0], path=variables["PATH"]), *command[1:]], env=variables)
                self.addCleanup(server.kill)
                eventually(f"{command[0]} answers", lambda: answers(port, path))
            self.my_servers = {"MY_ETCD": url, "MY_NATS": f"nats://127.0.0.1:{nats}"}
            run = self.serve("disagg_my_stores")
            self.answers(run)
            self.assertGreater(ask(monitor, "GET", "/varz").json()["connections"], 4)  # each of its five processes
            self.assertEqual(os.listdir(run.workers()["decode/0"][1]["DYN_FILE_KV"]), [])
            self.stops(run)

    def test_a_killed_worker_is_replaced(self):
        run = self.serve_stores()
        run.kill_worker("decode/0")
        eventually("it is ready again", lambda: len(run.told("decode/0", "ready in")) == 2)
        # The dead one stays registered until its lease has run out, and a request may be lost that is sent to it.
        eventually("ten answers in a row", lambda: all(one_request(run.port, number) is None for number in range(10)))


if __name__ == "__main__":
    main()
