"""Metrics: a sidecar. Asks every replica of the graph for its numbers and offers them to Prometheus.

Its client has the type `Any`: the addresses of all endpoints of all slots, whatever they are, in one variable.

Reads  DYNAMO_LISTEN_SCRAPE   where to serve GET /metrics
       DYNAMO_CLIENT_TARGETS  URLs, separated by commas; each process behind them answers GET /stats
"""
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import web
from worker import AWAY, Client, get, serve

KINDS = {"requests": "counter", "errors": "counter", "tokens": "counter", "active": "gauge"}


class Metrics(web.Handler):
    targets = Client("targets")

    def metrics(self):
        processes = sorted({urlsplit(url).netloc for url in self.targets.urls()})
        with ThreadPoolExecutor(8) as pool:  # one that hangs must not hold up the others
            answers = list(pool.map(self.ask, processes))
        lines = ["# TYPE llm_up gauge"]
        lines += [f'llm_up{{address="{where}"}} {int(answer is not None)}' for where, answer in zip(processes, answers)]
        for number, kind in KINDS.items():
            series = "llm_" + number + ("_total" if kind == "counter" else "")
            lines.append(f"# TYPE {series} {kind}")
            for answer in filter(None, answers):
                labels = ",".join(f'{key}="{answer[key]}"' for key in ("component", "slot", "replica"))
                lines.append(f"{series}{{{labels}}} {answer[number]}")
        self.send(200, {"Content-Type": "text/plain; version=0.0.4"}, ("\n".join(lines) + "\n").encode())

    def ask(self, where):
        try:
            return get("http://" + where, "/stats")
        except AWAY:
            return None

    routes = {("GET", "/metrics"): metrics}


if __name__ == "__main__":
    serve("scrape", Metrics)
