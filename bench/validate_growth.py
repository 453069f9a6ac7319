#!/usr/bin/env python3
"""What `dynamo graph validate` costs as a file grows: time, peak memory, and how both grow.

    DYNAMO=build/release/bin/dynamo python3 bench/validate_growth.py [--json] [--runs N] [--sizes 1000,10000] [SHAPE...]

Each shape is a way in which a file grows: more components, more graphs, longer chains, more mistakes. A row is one shape
at one size: the quickest of N runs (default 3), in seconds of processor time, so that other programs do not count. `us
each` is the time of one component (graph, slot, mistake), and `growth` is that time against the smallest size of the
shape: about 1 where cost grows linearly, 50 where it grows with the square from 1000 to 50 000. Start and end of the
process are in all figures. A size that is beyond a limit of the loader (DG0007) is named and left out.
"""
import argparse, json, os, pathlib, subprocess, sys, tempfile

DYNAMO = os.environ.get("DYNAMO", "build/release/bin/dynamo")
SIZES = (1000, 10_000, 50_000)
HEAD = "apiVersion: dynamo/v1\ninterfaces:\n  Door: {endpoints: {chat: {protocol: http}}}\n  Store: {endpoints: [get]}\n"
LAST = "specs: {S: {entry: door, slots: {door: Door = C0}}}\ngraphs: {g: {spec: S}}\n"
COMPONENT = "  C%d: {implements: [Door], command: [serve, --port, \"${self.port.chat}\"], endpoints: [chat]%s}\n"


def lines(form, count):
    return "".join(form(index) for index in range(count))


def components(count, more=lambda index: ""):
    return HEAD + "components:\n" + lines(lambda index: COMPONENT % (index, more(index)), count) + LAST


def one_component(more):
    return HEAD + "components:\n" + COMPONENT % (0, more) + LAST


def graphs(count, form):
    return (HEAD + "components:\n" + COMPONENT % (0, ", params: {x: int = 1}")
            + "specs: {S: {entry: door, slots: {door: Door = C0}}}\ngraphs:\n  g0: {spec: S}\n"
            + lines(lambda index: form(index + 1), count - 1))


# Name: (what there is N of, text of that size, exit status).
SHAPES = {
    "components": ("components", components, 0),
    "all settings": ("components", lambda n: components(n, lambda i: (
        ", params: {model: string = m, tp: int = 2}, env: {LOG: info, MODEL: \"${params.model}\"}, ports: {admin: auto},"
        " resources: {cpus: 2, memory: 4Gi}, replicas: 1..4, ready: {http: /health, timeout: 30s}, stop: {grace: 5s}")), 0),
    "clients": ("components", lambda n: components(n, lambda i: f", clients: {{next: optional C{(i + 1) % n}, store: optional Store}}"), 0),
    "long chain of components": ("components", lambda n: HEAD + "components:\n" + COMPONENT % (0, "")
                                 + lines(lambda i: f"  C{i + 1}: {{extends: C{i}}}\n", n - 1) + LAST, 0),
    "one base for all": ("components", lambda n: HEAD + "components:\n" + COMPONENT % (0, ", env: {A: a}")
                         + lines(lambda i: f"  C{i + 1}: {{extends: C0, env: {{B: b}}}}\n", n - 1) + LAST, 0),
    "interfaces": ("interfaces", lambda n: HEAD + lines(lambda i: f"  I{i}: {{extends: [{'I%d' % (i - 1) if i else 'Door'}]}}\n", n)
                   + "components:\n" + COMPONENT % (0, "") + LAST, 0),
    "params of one": ("params", lambda n: one_component(", params: {" + ", ".join(f"p{i}: int = {i}" for i in range(n)) + "}"), 0),
    "variables of one": ("variables", lambda n: one_component(", env: {" + ", ".join(f"V{i}: v" for i in range(n)) + "}"), 0),
    "ports of one": ("ports", lambda n: one_component(", ports: {" + ", ".join(f"p{i}: auto" for i in range(n)) + "}"), 0),
    "clients of one": ("clients", lambda n: one_component(", clients: {" + ", ".join(f"c{i}: optional Store" for i in range(n)) + "}"), 0),
    "endpoints of one": ("endpoints", lambda n: HEAD + "  Wide: {endpoints: [" + ", ".join(f"e{i}" for i in range(n)) + "]}\n"
                         + "components:\n  W: {implements: [Wide], command: [w], endpoints: ["
                         + ", ".join(f"e{i}" for i in range(n)) + "]}\n" + COMPONENT % (0, "") + LAST, 0),
    "GPUs of one": ("GPUs", lambda n: one_component(", resources: {gpus: [" + ", ".join(map(str, range(n))) + "]}"), 0),
    "slots": ("slots", lambda n: components(n).rpartition("specs:")[0] + "specs:\n  S:\n    entry: s0\n    slots:\n"
              + lines(lambda i: f"      s{i}: Door = C{i}\n", n) + "graphs: {g: {spec: S}}\n", 0),
    "wired slots": ("slots", lambda n: components(n, lambda i: f", clients: {{next: C{i + 1}}}" if i + 1 < n else "").rpartition("specs:")[0]
                    + "specs:\n  S:\n    entry: s0\n    slots:\n"
                    + lines(lambda i: f"      s{i}: Door = C{i}\n", n) + "graphs: {g: {spec: S}}\n", 0),
    "specs": ("specs", lambda n: HEAD + "components:\n" + COMPONENT % (0, "") + "specs:\n"
              + lines(lambda i: f"  S{i}: {{entry: door, slots: {{door: Door = C0}}}}\n", n) + "graphs: {g: {spec: S0}}\n", 0),
    "chain of specs": ("specs", lambda n: HEAD + "components:\n" + COMPONENT % (0, "") + "specs:\n  S0: {entry: door, slots: {door: Door = C0}}\n"
              + lines(lambda i: f"  S{i + 1}: {{extends: S{i}}}\n", n - 1) + "graphs: {g: {spec: S0}}\n", 0),
    "graphs": ("graphs", lambda n: graphs(n, lambda i: f"  g{i}: {{spec: S, bind: {{door: {{params: {{x: {i}}}}}}}}}\n"), 0),
    "fan of graphs": ("graphs", lambda n: graphs(n, lambda i: f"  g{i}: {{extends: g0, bind: {{door: {{params: {{x: {i}}}}}}}}}\n"), 0),
    "chains of graphs": ("graphs", lambda n: graphs(n, lambda i: f"  g{i}: {{extends: g{i - 1 if i % 10 else 0}, bind: {{door: {{params: {{x: {i}}}}}}}}}\n"), 0),
    "unknown keys": ("mistakes", lambda n: components(n, lambda i: ", replcas: 2"), 1),
    "unknown names": ("mistakes", lambda n: components(n, lambda i: f", clients: {{c: Unknown{i}}}"), 1),
    "misspelled names": ("mistakes", lambda n: components(n, lambda i: f", clients: {{c: D{i}}}"), 1),
    "wrong types": ("mistakes", lambda n: components(n).rpartition("specs:")[0] + "specs:\n  S:\n    entry: s0\n    slots:\n"
                    + lines(lambda i: f"      s{i}: Store = C{i}\n", n), 1),
    "defined twice": ("mistakes", lambda n: HEAD + "components:\n" + lines(lambda i: COMPONENT % (i // 2, ""), n) + LAST, 1),
    "unknown slots": ("mistakes", lambda n: graphs(n, lambda i: f"  g{i}: {{spec: S, bind: {{dor: C0}}}}\n"), 1),
}


def run(path, status):
    # A shell in between: the memory of a process that was forked from this one would count as its own.
    process = subprocess.Popen(["/bin/sh", "-c", 'exec "$0" "$@"', DYNAMO, "graph", "validate", path, "--format", "short"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read(4000)
    while process.stderr.read(1 << 16):
        pass
    _, ended, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(ended)
    if b"[DG0007]" in said:
        return None
    if process.returncode != status:
        sys.exit(f"{path}: exit {process.returncode}, not {status}\n{said.decode()}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(name, size, runs, folder):
    unit, text, status = SHAPES[name]
    path = pathlib.Path(folder) / "graph.yaml"
    path.write_text(text(size))
    results = [run(path, status) for _ in range(runs)]
    if None in results:
        return None
    return {"shape": name, "unit": unit, "size": size, "bytes": path.stat().st_size,
            "seconds": min(seconds for seconds, _ in results), "megabytes": max(memory for _, memory in results)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("shapes", nargs="*", metavar="SHAPE")
    arguments = parser.parse_args()
    rows = []
    if not arguments.json:
        print(f"{'shape':26}{'N':>8} {'of':12}{'MB file':>8}{'seconds':>9}{'us each':>9}{'growth':>8}{'MB peak':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.shapes or SHAPES:
            first = None
            for size in map(int, arguments.sizes.split(",")):
                row = measure(name, size, arguments.runs, folder)
                if row is None:
                    if not arguments.json:
                        print(f"{name:26}{size:8} {SHAPES[name][0]:12}  beyond a limit (DG0007)", flush=True)
                    continue
                row["growth"] = 1.0 if first is None else (row["seconds"] / size) / (first["seconds"] / first["size"])
                first = first or row
                rows.append(row)
                if not arguments.json:
                    print(f"{name:26}{size:8} {row['unit']:12}{row['bytes'] / 1e6:8.1f}{row['seconds']:9.3f}"
                          f"{row['seconds'] / size * 1e6:9.1f}{row['growth']:8.2f}{row['megabytes']:9.1f}", flush=True)
    if arguments.json:
        print(json.dumps(rows, indent=2))


if __name__ == "__main__":
    main()
