#!/usr/bin/env python3
"""What supervision costs: starting, stopping and replacing workers, their output, memory and wake-ups at rest.

    cmake --build --preset release --target dynamo dynamo_bench_programs
    python3 bench/supervision.py [--quick] [--runs N] [--json] [--only WORD...] [BUILD]       (default build/release)

Every figure is taken beside its floor, the least that a program can do for the same (bench/floor.cpp), in turns, so that both
meet the same noise; what counts is the ratio. docs/benchmarks.md tells what each means. The status is 1 if a line was lost.
"""
import argparse, json, os, platform, re, statistics, subprocess, sys, tempfile, time
from pathlib import Path

PATIENCE = 120
GRACE = 1.0  # seconds, of those that ignore SIGTERM
IDLE = 5.0  # seconds, in which nothing may wake up
READY = "Ctrl-C stops"  # ends the line that says that the graph is ready
FOREIGN = ("CUDA_", "DYN_", "DYNAMO", "LISTEN_", "NOTIFY_", "XDG_")


class Programs:
    def __init__(self, build):
        self.dynamo = build / "bin/dynamo"
        self.floor, self.stopwatch, self.worker = (build / "bin/bench" / name for name in ("floor", "stopwatch", "worker"))
        for program in vars(self).values():
            if not program.exists():
                sys.exit(f"{program} is not there: cmake --build --preset release --target dynamo dynamo_bench_programs")


class Place:
    """A home of its own for one run of dynamo, and the graph that it serves. Its files stay until the end,
    if without content: for five seconds, ext4 makes new ones the more slowly the more have been removed."""

    everything = tempfile.TemporaryDirectory(prefix="bench-")

    def __init__(self, programs, command, replicas, settings=""):
        self.path = Path(tempfile.mkdtemp(dir=self.everything.name))
        words = json.dumps([str(word) for word in command])
        (self.path / "graph.yaml").write_text(
            f"apiVersion: dynamo/v1\ncomponents:\n  Worker: {{command: {words}{settings}}}\n"
            f"specs:\n  S: {{entry: worker, slots: {{worker: many Worker = Worker}}}}\n"
            f"graphs:\n  g: {{spec: S, bind: {{worker: {{replicas: {replicas}}}}}}}\n")
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
        self.environment |= {"HOME": str(self.path), "XDG_RUNTIME_DIR": str(self.path), "TMPDIR": str(self.path)}
        self.serve = [programs.dynamo, "serve", self.path / "graph.yaml:g", "--log-size", "0"]  # every line is looked for in one file

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for log in self.logs():
            if log.stat().st_size:
                os.truncate(log, 0)

    def logs(self):
        return sorted(self.path.glob(".local/state/dynamo/runs/*/logs/*.log"))

    def fifo(self):
        os.mkfifo(self.path / "fifo")
        return self.path / "fifo"


class Running:
    """A command under the stopwatch, from its start until it is up; stop() tells how long its end took."""

    def __init__(self, programs, text, command, environment=None):
        self.process = subprocess.Popen([programs.stopwatch, "up", text, *map(str, command)], text=True, env=environment,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        words = self.process.stdout.readline().split()
        if words[:1] != ["up"]:
            raise AssertionError(f"{command} did not come up")
        self.took, self.pid = float(words[1]), int(words[2])

    def stop(self):
        out, _ = self.process.communicate("stop\n", timeout=PATIENCE)
        return float(out.split()[1])


class Bench:
    def __init__(self, programs, runs, quick):
        self.programs, self.runs, self.quick = programs, runs, quick
        self.rows, self.lost = [], 0

    def row(self, what, unit, figures, floors=None, budget=None):
        """A budget is a text like "<= 1.5 x", about the ratio, or "<= 12 MB", about the figure itself."""
        row = {"what": what, "unit": unit, "median": statistics.median(figures), "min": min(figures), "max": max(figures)}
        if floors:
            ratios = [figure / floor for figure, floor in zip(figures, floors)]
            row |= {"floor": statistics.median(floors), "ratio": statistics.median(ratios),
                    "ratio_min": min(ratios), "ratio_max": max(ratios)}
        if budget:
            sign, limit, of = (budget.split() + [""])[:3]
            value = row["ratio"] if of == "x" else row["median"] if limit != "0" else row["max"]
            row |= {"budget": budget, "holds": value >= float(limit) if sign == ">=" else value <= float(limit)}
        self.rows.append(row)
        print(".", end="", flush=True, file=sys.stderr)

    def many(self):
        """Starting and stopping N workers that do nothing."""
        worker = [self.programs.worker, "idle"]
        for count in (10, 100) if self.quick else (10, 100, 500):
            up, down = ([], []), ([], [])
            for _ in range(self.runs):
                running = Running(self.programs, "all are up", [self.programs.floor, "spawn", count, *worker])
                up[1].append(running.took * 1000)
                down[1].append(running.stop() * 1000)
                with Place(self.programs, worker, count) as place:
                    running = Running(self.programs, READY, place.serve, place.environment)
                    up[0].append(running.took * 1000)
                    down[0].append(running.stop() * 1000)
            self.row(f"{count} workers, from exec to all ready", "ms", *up, budget="<= 1.5 x" if count >= 100 else None)
            self.row(f"{count} obedient workers, stop", "ms", *down)

    def stubborn(self):
        figures = []
        for _ in range(min(self.runs, 3)):
            with Place(self.programs, [self.programs.worker, "stubborn"], 20, f", stop: {{grace: {GRACE:g}s}}") as place:
                figures.append(Running(self.programs, READY, place.serve, place.environment).stop() * 1000)
        self.row(f"20 that ignore TERM, grace {GRACE:g} s, stop", "ms", figures, [GRACE * 1000] * len(figures),
                 budget=f"<= {GRACE * 1000 + 200:.0f} ms")

    def crashes(self):
        """From the kill to the first line of the replacement's main()."""
        count = 100 if self.quick else 300
        results = {"dynamo": [], "floor": []}
        for _ in range(min(self.runs, 3)):
            with Place(self.programs, [], 1) as place:
                fifo = place.fifo()
                watch = [self.programs.stopwatch, "crash", fifo, count]
                results["floor"] += self.microseconds([*watch, self.programs.floor, "replace", self.programs.worker, "idle", fifo])
            with Place(self.programs, [self.programs.worker, "idle", "FIFO"], 1,
                       f", restart: {{backoff: 0s, max: {count + 1}}}") as place:
                fifo, graph = place.fifo(), place.path / "graph.yaml"
                graph.write_text(graph.read_text().replace("FIFO", str(fifo)))
                results["dynamo"] += self.microseconds([*watch[:2], fifo, count, *place.serve], place.environment)
        for name, part, budget in (("p50", 0.5, None), ("p99", 0.99, "<= 5 ms")):
            figure, floor = (percentile(results[who], part) / 1000 for who in ("dynamo", "floor"))
            self.row(f"crash to replacement's main(), {name}", "ms", [figure], [floor], budget)

    def microseconds(self, command, environment=None):
        out = subprocess.run([*map(str, command)], stdout=subprocess.PIPE, text=True, env=environment, timeout=PATIENCE, check=True)
        return [int(line) for line in out.stdout.split()]

    def flow(self):
        """Output of writers into their log files; stdout of dynamo is /dev/null."""
        for writers, chunk, megabytes in ((1, 65536, 800), (4, 65536, 800), (1, 100, 100), (4, 100, 100)):
            lines = (megabytes // 5 if self.quick else megabytes) * 10_000 // writers
            rates = ([], [])
            damage = [0, 0, 0, 0]
            for _ in range(self.runs):
                write = [self.programs.worker, "write", lines, chunk]
                with Place(self.programs, [], 1) as place:
                    fifo = place.fifo()
                    rates[1].append(self.rate(lines * writers, fifo, writers, [self.programs.floor, "flow", writers, *write, fifo]))
                with Place(self.programs, [*write, "FIFO", "${self.replica}"], writers, ", restart: never") as place:
                    fifo, graph = place.fifo(), place.path / "graph.yaml"
                    graph.write_text(graph.read_text().replace("FIFO", str(fifo)))
                    rates[0].append(self.rate(lines * writers, fifo, writers, place.serve, place.environment))
                    found = [self.check(lines, writer, log) for writer, log in enumerate(place.logs())]
                    assert len(found) == writers, place.logs()
                    damage = [sum(counts) for counts in zip(damage, *found)]
            size = "64 KiB" if chunk > 100 else "100-byte"
            who = f"{writers} writer{'s' * (writers > 1)}"
            self.row(f"{who}, {size} writes of 100-byte lines, to file", "MB/s", *rates,
                     budget=">= 0.5 x" if (writers, chunk) == (4, 65536) else None)
            self.row(f"  lines lost, torn, of another, repeated", "", [sum(damage)], budget="<= 0")
            self.lost += sum(damage)

    def rate(self, lines, fifo, writers, command, environment=None):
        out = subprocess.run([*map(str, (self.programs.stopwatch, "flow", fifo, writers, *command))], stdout=subprocess.PIPE,
                             text=True, env=environment, timeout=PATIENCE, check=True)
        return lines * 100 / 1e6 / float(out.stdout)

    def check(self, lines, writer, log):
        out = subprocess.run([self.programs.worker, "check", str(lines), str(writer), log], capture_output=True, text=True, check=True)
        return [int(word) for word in out.stdout.split()]

    def rest(self):
        """Memory and wake-ups of guardian and supervisor while nothing happens."""
        count = 100 if self.quick else 500
        memory, wakes = [], []
        for _ in range(1 if self.quick else 2):
            with Place(self.programs, [self.programs.worker, "idle"], count) as place:
                running = Running(self.programs, READY, place.serve, place.environment)
                both = [running.pid, child_of(running.pid, "dynamo")]
                settle(both)
                memory.append(sum(private_bytes(pid) for pid in both) / 1e6)
                before = sum(switches(pid) for pid in both)
                time.sleep(IDLE)  # this is what is measured: a time in which nothing is to happen
                wakes.append(sum(switches(pid) for pid in both) - before)
                running.stop()
        self.row(f"private memory of both, {count} idle workers", "MB", memory, budget="<= 12 MB")
        self.row(f"their wake-ups in {IDLE:g} s", "", wakes, budget="<= 0")


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def child_of(pid, name):
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if Path(f"/proc/{child}/comm").read_text().strip() == name:
            return int(child)
    raise AssertionError(f"{pid} has no child {name}")


def settle(pids):
    """Until what came with being ready has been dealt with: all of them sleep."""
    deadline = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "S" for pid in pids):
        assert time.monotonic() < deadline, "it does not come to rest"


def private_bytes(pid):
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(kilobytes) for kilobytes in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.M)) * 1024


def switches(pid):
    texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/status")]
    return sum(int(count) for text in texts for count in re.findall(r"voluntary_ctxt_switches:\s+(\d+)", text))


def short(value):
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def table(rows):
    lines = [("", "median", "min - max", "", "floor", "ratio", "min - max", "budget", "holds")]
    for row in rows:
        ratio = ("ratio" in row) and (f"{row['ratio']:.2f}", f"{row['ratio_min']:.2f} - {row['ratio_max']:.2f}")
        lines.append((row["what"], short(row["median"]), f"{short(row['min'])} - {short(row['max'])}", row["unit"],
                      short(row["floor"]) if "floor" in row else "", *(ratio or ("", "")), row.get("budget") or "",
                      {True: "yes", False: "no", None: ""}[row.get("holds")]))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                               for column, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores of {model[1] if model else platform.machine()}, Linux {platform.release()}"


def main():
    parts = ("many", "stubborn", "crashes", "flow", "rest")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", type=Path, default=Path("build/release"))
    parser.add_argument("--runs", type=int, help="how often each is measured (default 5; 2 with --quick)")
    parser.add_argument("--quick", action="store_true", help="fewer workers, less output, fewer runs: to see that it works")
    parser.add_argument("--only", nargs="+", choices=parts, default=parts, help="some of the measurements")
    parser.add_argument("--json", action="store_true", help="one object instead of the table")
    options = parser.parse_args()
    bench = Bench(Programs(options.build.resolve()), options.runs or (2 if options.quick else 5), options.quick)
    begun = time.monotonic()
    for part in options.only:
        getattr(bench, part)()
    print(file=sys.stderr)
    if options.json:
        print(json.dumps({"machine": machine(), "runs": bench.runs, "rows": bench.rows, "lost": bench.lost}, indent=1))
    else:
        print(f"{machine()}; {bench.runs} runs in {time.monotonic() - begun:.0f} s\n\n{table(bench.rows)}")
    return 1 if bench.lost else 0


if __name__ == "__main__":
    sys.exit(main())
