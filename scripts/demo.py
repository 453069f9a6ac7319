#!/usr/bin/env python3
"""Shows what dynamo does: serves a graph, asks it something, shows the answer and the state, stops it.

    scripts/demo.py DYNAMO        KEEP=1 in the environment leaves it serving
"""
import os, pathlib, signal, socket, subprocess, sys, tempfile, time, uuid

EXAMPLES = pathlib.Path(__file__).resolve().parent.parent / "examples" / "llm"
TARGET = f"{os.path.relpath(EXAMPLES)}/graph.yaml:fast_agg"
QUESTION = "What is a graph?"
MARK = f"DYNAMO_DEMO={uuid.uuid4()}"  # in the environment of everything that the demo starts


def say(text):
    print(f"\033[1m{text}\033[0m" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else text, flush=True)


def choose_port():
    for port in (8000, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            chosen = probe.getsockname()[1]
            if port != chosen:
                say(f"port 8000 is taken by another program: the demo uses {chosen}")
            return chosen
    sys.exit("demo: no free port")


class Service:
    """`dynamo serve` in the background; what it writes goes to a file and, on show(), to the screen."""

    def __init__(self, dynamo, port):
        self.url = f"http://127.0.0.1:{port}"
        self.log = tempfile.NamedTemporaryFile("w+", prefix="dynamo-demo-", suffix=".log", delete=False)
        arguments = [dynamo, "serve", TARGET, "--port", str(port)]
        say(f"$ dynamo {' '.join(arguments[1:])}")
        name, value = MARK.split("=")
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        env=os.environ | {name: value}, start_new_session=True)
        self.shown = 0

    def show(self):
        text = pathlib.Path(self.log.name).read_text(errors="replace")
        print(text[self.shown:], end="", flush=True)
        self.shown = len(text)

    def is_ready(self):
        """`dynamo serve` says so in one line that ends with the address of the entry."""
        return f" · {self.url}/" in pathlib.Path(self.log.name).read_text(errors="replace")

    def wait_until_ready(self, seconds=60):
        end = time.monotonic() + seconds
        while not self.is_ready():
            self.show()
            if self.process.poll() is not None:
                sys.exit(f"demo: `dynamo serve` ended with status {self.process.returncode}")
            if time.monotonic() > end:
                sys.exit(f"demo: not ready within {seconds} s")
            time.sleep(0.05)
        self.show()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
        self.show()


def left():
    """Processes that carry the mark of this demo, without this one."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if MARK.encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(folder.name)
        except OSError:
            pass  # it has ended, or belongs to somebody else
    return found


def main():
    dynamo = sys.argv[1]
    service = Service(dynamo, choose_port())
    keep = os.environ.get("KEEP", "") not in ("", "0")
    done = False
    try:
        service.wait_until_ready()

        say(f'\n$ python3 {os.path.relpath(EXAMPLES)}/ask.py --url {service.url} "{QUESTION}"')
        subprocess.run([sys.executable, EXAMPLES / "ask.py", "--url", service.url, QUESTION], check=True)
        service.show()

        say("\n$ dynamo ps")
        subprocess.run([dynamo, "ps"], check=True)
        done = True
        if keep:
            say(f"\nIt goes on serving at {service.url}/v1/chat/completions, and writes to {service.log.name}")
            say(f"Stop it with: kill {service.process.pid}")
            return
    except subprocess.CalledProcessError as error:
        sys.exit(f"demo: {error}")
    except KeyboardInterrupt:
        print()
    finally:
        if not (keep and done):
            try:
                say("\n^C")
            finally:  # even if nobody reads what we say
                service.stop()

    os.unlink(service.log.name)
    remaining = left()
    say(f"\nexit status {service.process.returncode}, {len(remaining)} processes left")
    if remaining or service.process.returncode != 130:
        sys.exit("demo: it should have ended with status 130 (stopped by Ctrl-C) and left nothing")


if __name__ == "__main__":
    main()
