"""What tests of running services share: processes whose output can be waited for, and plain HTTP requests."""
import http.client, json, random, signal, socket, subprocess, sys, threading, time
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PATIENCE = 30  # seconds: the deadline of every wait; nothing here takes a tenth of it unless it is broken


signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have it ignored, and children inherit that


def free_port():
    """A port that nobody else will take in a moment: outside the ranges of the kernel and of dynamo itself."""
    while True:
        port = random.randrange(10000, 20000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            continue


def eventually(what, condition, timeout=PATIENCE):
    """Waits until `condition()` gives something true, and returns it. For facts that nobody announces."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.02)


class Program:
    """A process, its output line by line as it comes (stdout and stderr together), and its end."""

    def __init__(self, command, **options):
        self.lines, self.news, self.closed = [], threading.Condition(), False
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors="replace", **options)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            with self.news:
                self.lines.append(line.rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.closed = True
            self.news.notify_all()

    def line(self, *words, timeout=PATIENCE):
        """The first line that has all the words, as soon as it is there."""
        def found():
            return next((line for line in self.lines if all(word in line for word in words)), None)

        with self.news:
            self.news.wait_for(lambda: found() is not None or self.closed, timeout)
            if found() is None:
                raise AssertionError(f"no line with {words} in the output:\n{self.text()}")
            return found()

    def text(self):
        return "\n".join(self.lines)

    def ended(self, timeout=PATIENCE):
        """Its exit status, once it has ended and all its output is read."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"has not ended within {timeout} s:\n{self.text()}") from None
        self.reader.join(PATIENCE)
        return status

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.ended()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.reader.join(PATIENCE)
        self.process.stdout.close()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def error(self):
        return self.json()["error"]


def begin(port, method, path, body=None):
    """Sends a request; the answer's head has come when this returns. A body that is no bytes is sent as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body is not None else {})
        return connection, connection.getresponse()
    except Exception:
        connection.close()
        raise


def ask(port, method, path, body=None):
    connection, response = begin(port, method, path, body)
    try:
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def post(port, path, **body):
    return ask(port, "POST", path, body)


def chat(port, question="What is a graph?", **settings):
    return post(port, "/v1/chat/completions", messages=[{"role": "user", "content": question}], **settings)


def content(answer):
    assert answer.status == 200, (answer.status, answer.body)
    choice = answer.json()["choices"][0]
    return choice["message"]["content"] if "message" in choice else choice["text"]


class Stream:
    """A streamed answer: its events one by one, each with the number of the read that it came in."""

    def __init__(self, port, path="/v1/chat/completions", question="What is a graph?", **settings):
        said = {"messages": [{"role": "user", "content": question}]} if "chat" in path else {"prompt": question}
        self.connection, self.response = begin(port, "POST", path, {**said, "stream": True, **settings})
        self.reads, self.rest, self.times = 0, b"", []
        if self.response.status != 200:
            raise AssertionError((self.response.status, self.response.read()))

    def __iter__(self):
        """Yields each event's text, `[DONE]` as well."""
        while True:
            arrived = self.response.read1(1 << 16)
            if not arrived:
                assert not self.rest, self.rest
                self.connection.close()
                return
            self.reads += 1
            self.rest += arrived
            while b"\n\n" in self.rest:
                event, _, self.rest = self.rest.partition(b"\n\n")
                assert event.startswith(b"data: "), event
                self.times.append(time.monotonic())
                yield event[len(b"data: "):].decode()

    def pieces(self):
        """The texts of the answer, one per token; checks the form of everything around them."""
        events = list(self)
        assert events[-1] == "[DONE]", events[-3:]
        choices = [choice for event in events[:-1] for choice in json.loads(event)["choices"]]
        assert choices[-1]["finish_reason"] in ("stop", "length"), choices[-1]
        assert all(choice["finish_reason"] is None for choice in choices[:-1])
        return [text for choice in choices if (text := text_of(choice))]


def text_of(choice):
    return choice["delta"].get("content", "") if "delta" in choice else choice["text"]


def python(*command):
    return [sys.executable, "-B", *map(str, command)]
