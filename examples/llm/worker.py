"""The worker contract of dynamo: where to listen, when to say that one is ready, how to end, whom to call.

dynamo tells a process by its environment. All of it is plain text, so every program also runs by hand (README.md):

  DYNAMO_LISTEN_<ENDPOINT>     HOST:PORT on which to serve that endpoint
  LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES
                               instead of it for `listen: fd`: the socket is open already, as descriptor 3 or later
  NOTIFY_SOCKET                where to say READY=1, for components with `ready: {notify: true}`
  DYNAMO_CLIENT_<CLIENT>       URLs of all replicas behind that client, separated by commas; empty if it is unconnected

DYNAMO_COMPONENT, DYNAMO_SLOT and DYNAMO_REPLICA say who it is: web.py tells them in /stats. DYNAMO_CLIENTS_FILE is for
programs that want to know more about their clients, and hear of changes: my_processor.py and planner.py read it.
"""
import http.client, itertools, json, os, signal, socket, sys
from urllib.parse import urlsplit

from web import Problem, Server, log

AWAY = (OSError, http.client.HTTPException)  # how it looks when a replica is not there, or goes away


def listener(endpoint):
    """The socket of an endpoint: the inherited one if there is one, else a new one at DYNAMO_LISTEN_<ENDPOINT>."""
    if os.environ.get("LISTEN_PID") == str(os.getpid()):  # else the variables were meant for our parent
        names = os.environ.get("LISTEN_FDNAMES", "").split(":")
        if endpoint in names:
            return socket.socket(fileno=3 + names.index(endpoint))
    variable = "DYNAMO_LISTEN_" + endpoint.upper()
    if ":" not in os.environ.get(variable, ""):
        sys.exit(f"{variable} is not set: it says where to serve `{endpoint}`, for instance 127.0.0.1:8000")
    host, port = os.environ[variable].rsplit(":", 1)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), int(port)), family=family, backlog=128)


def tell_ready():
    """Says READY=1 to who waits for it: the protocol of sd_notify."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.sendto(b"READY=1", "\0" + address[1:] if address[0] == "@" else address)


def serve(endpoint, handler):
    """Serves until SIGTERM (or Ctrl-C); then finishes what was begun, so that the process ends with status 0."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # from now on it interrupts us as Ctrl-C does
    server = None
    try:
        server = Server(listener(endpoint), handler)
        tell_ready()
        server.serve_forever()
    except KeyboardInterrupt:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)  # a second one ends the process at once
    if server:
        server.finish()


def seconds(duration):
    """A duration as a graph file writes it: 250ms, 5s, 1.5m."""
    for unit, factor in (("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)):
        if duration.endswith(unit):
            return float(duration[:-len(unit)]) * factor
    sys.exit(f"`{duration}` is not a duration such as 250ms or 5s")


def get(url, path, timeout=2):
    """The JSON that the process behind `url` answers on another path of its own: /health, /stats."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        if response.status != 200:
            raise ConnectionError(f"{path} answers {response.status}")
        return json.loads(response.read())
    finally:
        connection.close()


def post(url, body, timeout=30):
    """Sends `body` and yields the objects of the answer, one per line, as they come. The last one has a key `done`."""
    parts, last = urlsplit(url), {}
    connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request("POST", parts.path or "/", json.dumps(body).encode(), {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            error = json.loads(response.read())["error"]
            raise Problem(response.status, error["message"], error["type"], error["param"], error["code"])
        for line in response:
            if line.endswith(b"\n"):  # else it was cut off
                last = json.loads(line)
                yield last
        if "done" not in last:
            raise ConnectionError("it broke off its answer")
    finally:
        connection.close()  # if our own client has gone, this makes the other side stop, too


class Client:
    """A client as dynamo injects it: the URLs of all replicas. Balancing over them is up to us: they take turns."""

    def __init__(self, name):
        self.name, self.turn = name, itertools.count()

    def urls(self):
        return [url for url in os.environ.get("DYNAMO_CLIENT_" + self.name.upper(), "").split(",") if url]

    def ask(self, body):
        """The answer to `body`, object by object. When a replica is away the next one is asked, also in the middle of
        an answer: the request carries its seed, so they all say the same, and what was passed on already is skipped."""
        urls, start, passed = self.urls(), next(self.turn), 0
        why = f"no replica of `{self.name}` answers, try again in a moment"
        for turn in range(len(urls)):
            url = urls[(start + turn) % len(urls)]
            try:
                for index, answer in enumerate(post(url, body)):
                    if index >= passed:
                        passed += 1
                        yield answer
                return
            except AWAY as error:
                log(f"{self.name} at {url} is away: {error}")
            except Problem as problem:
                if problem.status < 500:
                    raise  # the request is at fault, and will be with the others, too
                why = str(problem)
        raise Problem(503, why, "service_unavailable", code="unavailable", Retry_After="1")
