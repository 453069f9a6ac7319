"""Planner: a sidecar. Reports the load of every replica, again and again, and which of them are away.

It takes no part in answering and nothing depends on it, so it has no endpoint. It knows its clients from
DYNAMO_CLIENTS_FILE, which has an id and the readiness of each replica, and reads it anew for every report.

Reads  DYNAMO_CLIENTS_FILE   {"revision": N, "clients": {CLIENT: {"instances": [{"id", "ready", "endpoints": {...}}]}}}
"""
import argparse, json, os, signal, sys, threading, time

from web import log
from worker import AWAY, get, seconds


def instances(path):
    with open(path) as file:
        clients = json.load(file)["clients"]
    return {item["id"]: item for client in clients.values() for item in client["instances"]}


def load(before, now, elapsed):
    """One replica's load since the report before, in words."""
    if before and before["tokens"] <= now["tokens"]:  # it counts from 0 again after a restart
        rate = (now["tokens"] - before["tokens"]) / elapsed
        return f"{now['active']} active, {now['requests']} requests, {rate:.0f} tokens/s"
    return f"{now['active']} active, {now['requests']} requests"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--every", default="5s", help="pause between two reports")
    every = seconds(options.parse_args().every)
    path = os.environ.get("DYNAMO_CLIENTS_FILE") or sys.exit("DYNAMO_CLIENTS_FILE is not set: it names the replicas")

    stop, seen, last = threading.Event(), {}, time.monotonic()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    while not stop.is_set():
        report, now = [], time.monotonic()
        for id, instance in instances(path).items():
            try:
                answer = get(next(iter(instance["endpoints"].values())), "/stats")
                report.append(f"{id}: {load(seen.get(id), answer, now - last)}")
                seen[id] = answer
            except AWAY:
                report.append(f"{id}: {'does not answer' if instance['ready'] else 'away'}")
        log("load  " + "  |  ".join(report or ["no replicas"]))
        last = now
        stop.wait(every)


if __name__ == "__main__":
    main()
