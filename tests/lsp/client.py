"""A small editor: speaks the Language Server Protocol with `dynamo graph lsp` (DYNAMO in the environment) over pipes.

A text may hold one mark ▮, which is where the cursor stands. Every wait has an end.
"""
import os
import json, os, queue, subprocess, threading, time
from pathlib import Path
from urllib.parse import quote

PATIENCE = float(os.environ.get("DYNAMO_TEST_PATIENCE", "60"))  # seconds for one answer on a busy machine
# A sanitizer needs much memory of its own: then it is not looked at.
SANITIZED = os.environ.get("DYNAMO_SANITIZED") == "1"
MARK = "▮"

EVERYTHING = {
    "general": {"positionEncodings": ["utf-16"]},
    "workspace": {"workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "hover": {"contentFormat": ["markdown", "plaintext"]},
        "completion": {"completionItem": {"snippetSupport": False, "documentationFormat": ["markdown"]}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "codeAction": {"codeActionLiteralSupport": {}, "isPreferredSupport": True},
    },
}


def uri(path):
    return "file://" + quote(str(path))


def units(text, encoding):
    return len(text.encode("utf-16-le")) // 2 if encoding == "utf-16" else len(text.encode())


def position(text, index, encoding="utf-16"):
    """The place of a character of `text` as the protocol counts it."""
    line = text.count("\n", 0, index)
    begin = text.rfind("\n", 0, index) + 1
    return {"line": line, "character": units(text[begin:index], encoding)}


def index_of(text, place, encoding="utf-16"):
    begin = 0
    for _ in range(place["line"]):
        begin = text.index("\n", begin) + 1
    end = begin
    while units(text[begin:end], encoding) < place["character"]:
        end += 1
    return end


def unmarked(text):
    return text.replace(MARK, ""), text.index(MARK)


def edited(text, edits, encoding="utf-16"):
    """The text with edits made, which must not overlap."""
    spans = sorted(((index_of(text, one["range"]["start"], encoding), index_of(text, one["range"]["end"], encoding),
                     one["newText"]) for one in edits), reverse=True)
    for before, after in zip(spans[1:], spans):
        assert before[1] <= after[0], f"edits overlap: {spans}"
    for begin, end, new in spans:
        text = text[:begin] + new + text[end:]
    return text


class Failed(Exception):
    """The server answered with an error."""

    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


class Editor:
    def __init__(self, folder=None, capabilities=EVERYTHING, start=True):
        self.process = subprocess.Popen([os.environ["DYNAMO"], "graph", "lsp", "--stdio"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.messages = queue.Queue()
        self.published = []  # every publishDiagnostics, in order
        self.asked = []      # requests of the server
        self.texts = {}
        self.versions = {}
        self.next_id = 0
        self.encoding = "utf-16"
        threading.Thread(target=self.read_all, daemon=True).start()
        if start:
            result = self.request("initialize", {"processId": os.getpid(), "rootUri": uri(folder) if folder else None,
                                                 "capabilities": capabilities})
            self.capabilities = result["capabilities"]
            self.encoding = self.capabilities["positionEncoding"]
            self.notify("initialized", {})

    # Frames

    def read_all(self):
        """Anything on stdout that is no frame ends in the queue as an exception."""
        out = self.process.stdout
        try:
            while True:
                header = b""
                while not header.endswith(b"\r\n\r\n"):
                    byte = out.read(1)
                    if not byte:
                        assert not header, header
                        self.messages.put(None)
                        return
                    header += byte
                name, value = header[:-4].split(b": ")
                assert name == b"Content-Length", header
                self.messages.put(json.loads(out.read(int(value)).decode()))
        except Exception as error:
            self.messages.put(error)

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message):
        body = json.dumps(message).encode()
        self.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def receive(self):
        message = self.messages.get(timeout=PATIENCE)
        if isinstance(message, Exception):
            raise message
        if message is None:
            raise EOFError("the server has ended")
        if message.get("method") == "textDocument/publishDiagnostics":
            self.published.append(message["params"])
        elif "method" in message and "id" in message:
            self.asked.append(message)
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        return message

    # Requests

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def start_request(self, method, params=None):
        self.next_id += 1
        self.send({"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params})
        return self.next_id

    def answer(self, number):
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise Failed(message["error"])
                return message["result"]

    def request(self, method, params=None):
        return self.answer(self.start_request(method, params))

    def end(self):
        """Says goodbye as an editor does. The exit status, and the most memory that it used, in MB."""
        self.request("shutdown")
        self.notify("exit")
        return self.ended()

    def ended(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            pid, status, used = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                self.errors = self.process.stderr.read().decode()
                for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                    try:
                        stream.close()
                    except BrokenPipeError:
                        pass
                return self.process.returncode, 0 if SANITIZED else used.ru_maxrss / 1024
            time.sleep(0.002)
        self.process.kill()
        raise TimeoutError("the server does not end")

    def close(self):
        if self.process.returncode is None:
            self.process.kill()
            self.ended()

    # Documents

    def open(self, path, text=None):
        text = Path(path).read_text() if text is None else text
        self.texts[path], self.versions[path] = text, 1
        self.notify("textDocument/didOpen", {"textDocument": {"uri": uri(path), "languageId": "yaml", "version": 1,
                                                              "text": text}})

    def change(self, path, *changes):
        """A new text, or pieces (begin, end, text) by index, each in the text that the one before left."""
        self.versions[path] += 1
        content = []
        for one in changes:
            if isinstance(one, str):
                content.append({"text": one})
                self.texts[path] = one
                continue
            begin, end, new = one
            text = self.texts[path]
            content.append({"range": {"start": position(text, begin, self.encoding),
                                      "end": position(text, end, self.encoding)}, "text": new})
            self.texts[path] = text[:begin] + new + text[end:]
        self.notify("textDocument/didChange", {"textDocument": {"uri": uri(path), "version": self.versions[path]},
                                               "contentChanges": content})

    def shut(self, path):
        del self.texts[path]
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri(path)}})

    def diagnostics(self, path):
        """What is told about an open document in the version that it has."""
        wanted = (uri(path), self.versions[path])
        while True:
            for params in reversed(self.published):
                if (params["uri"], params.get("version")) == wanted:
                    return params["diagnostics"]
            self.receive()

    def told(self, path):
        """What was told last about any file, when everything was told that is to be told by now."""
        self.settle()
        for params in reversed(self.published):
            if params["uri"] == uri(path):
                return params["diagnostics"]
        return None

    def settle(self):
        """Diagnostics come in the order of the paths, so that a buffer whose name comes last shows that all are there."""
        name = "untitled:~last"
        if name not in self.versions:
            self.versions[name] = 1
            self.notify("textDocument/didOpen", {"textDocument": {"uri": name, "languageId": "yaml", "version": 1,
                                                                  "text": "apiVersion: dynamo/v1\n"}})
        else:
            self.versions[name] += 1
            self.notify("textDocument/didChange", {"textDocument": {"uri": name, "version": self.versions[name]},
                                                   "contentChanges": [{"text": "apiVersion: dynamo/v1\n"}]})
        while not any(one["uri"] == name and one["version"] == self.versions[name] for one in self.published[-1:]):
            self.receive()

    def ask(self, method, path, index, **more):
        place = position(self.texts[path], index, self.encoding)
        return self.request("textDocument/" + method,
                            {"textDocument": {"uri": uri(path)}, "position": place, **more})

    def complete(self, path, marked):
        """The items at the mark, after the document has become this text."""
        text, index = unmarked(marked)
        self.change(path, text)
        return self.ask("completion", path, index)["items"]

    def part(self, path, place):
        text = self.texts.get(path) or Path(path).read_text()
        return text[index_of(text, place["start"], self.encoding):index_of(text, place["end"], self.encoding)]
