"""MyProcessor: a component that makes its own client.

The other programs take the addresses that dynamo injects when they start. This one reads DYNAMO_CLIENTS_FILE instead,
which dynamo writes anew whenever an address or the readiness of a replica changes, and so asks only replicas that are
ready at the moment. Everything else it has from Processor.

Reads  DYNAMO_LISTEN_PROCESS  where to serve POST /process
       DYNAMO_CLIENTS_FILE    JSON: {"clients": {"backend_client": {"instances": [
                              {"id": "backend/0", "ready": true, "endpoints": {"generate": "http://..."}}]}}}
"""
import json, os

import web
from processor import Processor, run
from worker import Client


class FileClient(Client):
    """Knows which replicas are ready, from a file that is replaced as a whole: it is never seen half written."""

    def __init__(self, name, endpoint):
        super().__init__(name)
        self.endpoint, self.path, self.seen, self.ready = endpoint, os.environ.get("DYNAMO_CLIENTS_FILE", ""), None, []

    def urls(self):
        about = os.stat(self.path)
        if (about.st_ino, about.st_mtime_ns) != self.seen:
            with open(self.path) as file:
                content = json.load(file)
            instances = content["clients"][self.name]["instances"]
            self.ready = [item["endpoints"][self.endpoint] for item in instances if item["ready"]]
            self.seen = about.st_ino, about.st_mtime_ns
            web.log(f"clients file, revision {content['revision']}: {len(self.ready)} of {len(instances)} ready")
        return self.ready


class MyProcessor(Processor):
    backend = FileClient("backend_client", "generate")


if __name__ == "__main__":
    MyProcessor.backend.urls()  # fail now, not at the first request, if there is no such file
    run(MyProcessor, context=16)
