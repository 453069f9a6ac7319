"""Just enough HTTP for a worker: JSON in, JSON or a stream out, errors in the form that OpenAI's clients understand.

Every program here answers GET /health, /live and /stats beside its own endpoint.
"""
import http.server, itertools, json, os, socketserver, sys, threading, time, traceback

numbers = {"requests": 0, "active": 0, "errors": 0, "tokens": 0}  # what /stats tells
changed = threading.Condition()  # guards `numbers`


def log(text):
    print(text, file=sys.stderr, flush=True)


def count(**changes):
    with changed:
        for key, change in changes.items():
            numbers[key] += change
        changed.notify_all()


class Problem(Exception):
    """An answer other than 200."""

    def __init__(self, status, message, kind="invalid_request_error", param=None, code=None, **headers):
        super().__init__(message)
        self.status, self.headers = status, {key.replace("_", "-"): value for key, value in headers.items()}
        self.body = {"error": {"message": message, "type": kind, "param": param, "code": code}}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a token is small and must not wait for the next one
    routes = {}  # (method, path) -> the function of the handler that answers

    def do_GET(self):
        began, self.status, self.note, self.streaming = time.monotonic(), 0, "", False
        path = self.path.partition("?")[0]
        count(active=1, requests=self.command == "POST")
        try:
            length = self.headers.get("Content-Length") or "0"
            if not length.isdigit() or int(length) > 1 << 20 or "Transfer-Encoding" in self.headers:
                self.close_connection = True  # what follows is a body that nobody has read
                raise Problem(413, "the body must have a Content-Length, of at most 1 MiB")
            self.body = self.rfile.read(int(length))
            self.route(path)(self)
        except Problem as problem:
            self.fail(problem)
        except ConnectionError:
            self.status, self.close_connection = 499, True  # the client has hung up; nobody is left to tell
        except Exception:
            traceback.print_exc()
            self.fail(Problem(500, "internal error, see the log of this process", "server_error"))
        finally:
            count(active=-1, errors=self.status >= 400 and self.status != 499)
        if self.command != "GET" or self.status >= 400:  # probes and scrapes are not worth a line each
            log(f"{self.command} {path} {self.status} in {time.monotonic() - began:.2f} s{self.note}")

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def route(self, path):
        routes = {("GET", "/health"): Handler.live, ("GET", "/live"): Handler.live, ("GET", "/stats"): Handler.stats,
                  **self.routes}
        if (self.command, path) in routes:
            return routes[self.command, path]
        allowed = [method for method, known in routes if known == path]
        if allowed:
            raise Problem(405, f"{path} takes {' or '.join(allowed)}, not {self.command}", Allow=", ".join(allowed))
        raise Problem(404, f"there is no {path} here", code="not_found")

    def live(self):
        self.reply({"status": "ok"})

    def stats(self):
        who = {key: os.environ.get("DYNAMO_" + key.upper(), "-") for key in ("component", "slot", "replica")}
        self.reply({**who, **numbers, "active": numbers["active"] - 1})  # without this request

    def json(self):
        try:
            body = json.loads(self.body)
        except ValueError as error:
            raise Problem(400, f"the body is not JSON: {error}")
        if not isinstance(body, dict):
            raise Problem(400, "the body is not a JSON object")
        return body

    def reply(self, body, status=200, headers=()):
        self.send(status, {"Content-Type": "application/json", **dict(headers)}, json.dumps(body).encode() + b"\n")

    def send(self, status, headers, body=None):
        self.status = status
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header(*("Transfer-Encoding", "chunked") if body is None else ("Content-Length", str(len(body))))
        self.end_headers()
        self.wfile.write(body or b"")

    def fail(self, problem):
        if self.streaming:  # too late for a status: breaking off is all that is left to say
            self.status, self.close_connection = problem.status, True
        else:
            self.reply(problem.body, problem.status, problem.headers)

    def stream(self, kind, pieces):
        """Sends each piece the moment it comes. What goes wrong before the first one still gets its own status."""
        first = list(itertools.islice(pieces, 1))
        self.send(200, {"Content-Type": kind, "Cache-Control": "no-cache"})
        self.streaming = True
        for piece in itertools.chain(first, pieces):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass  # one line per request, written above


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True  # an idle connection must not hold up the end; requests do, in `finish`

    def __init__(self, listening, handler):
        super().__init__(None, handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        listening.setblocking(False)  # it may be shared by several processes: who comes too late must not hang

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            traceback.print_exc()

    def finish(self):
        """Accepts nothing new, and returns when the requests that have begun are answered."""
        self.server_close()
        with changed:
            changed.wait_for(lambda: numbers["active"] == 0)
