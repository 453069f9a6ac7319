#!/usr/bin/env python3
"""A long run in which everything that can happen to workers happens to them, and at its end the question what is left.

    DYNAMO=build/release/bin/dynamo WORKERS=build/release/bin/workers python3 tests/soak/soak.py
        [--seconds 900] [--seed N] [--upgrades] [--no-memory]

50 replicas, each with a child and a daemon. At random moments a leader, a child or a daemon is killed, a leader is stopped or
falls silent, or one floods its log; with --upgrades dynamo also gets SIGUSR2. The seed decides what happens, to whom and in which
order; how long the machine takes for it is its own affair. docs/testing.md tells what is asked at the end.
"""
import argparse, collections, json, os, random, re, signal, subprocess, sys, tempfile, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from served import FOREIGN, environments
from service import eventually

PATIENCE = 90  # the deadline of every wait
FLOOD = 10_000  # lines
GRAPH = """apiVersion: dynamo/v1
components:
  Base:
    command: [restless, "{flood}"]
    endpoints: [serve]
    restart: {{policy: always, max: 1000000, window: 10s, backoff: 20ms, backoff_max: 500ms}}
    stop: {{grace: 1s}}
  Answering: {{extends: Base, live: {{http: /, interval: 500ms, failures: 1}}}}
  Checked: {{extends: Base, ready: {{log: serving}}, live: {{exec: [test, -d, /], interval: 2s}}}}
specs:
  S: {{entry: answering, slots: {{answering: many Answering = Answering, checked: many Checked = Checked}}}}
graphs:
  g: {{spec: S, bind: {{answering: {{replicas: 40}}, checked: {{replicas: 10}}}}}}
"""
UNDER_WAY = 5  # descriptors of probes that no moment without them was found for; a leak is larger: most kinds happen more often
OVER = ("backoff", "stopped", "completed", "failed")


class Soak:
    def __init__(self, options):
        self.options, self.random = options, random.Random(options.seed)
        self.home = tempfile.TemporaryDirectory(prefix="soak-")
        self.path = Path(self.home.name)
        (self.path / "run").mkdir(0o700)
        (self.path / "graph.yaml").write_text(GRAPH.format(flood=FLOOD))
        environment = {key: value for key, value in os.environ.items() if not key.startswith(FOREIGN)}
        environment |= {"HOME": self.home.name, "XDG_RUNTIME_DIR": str(self.path / "run"),
                        "PATH": f"{Path(os.environ['WORKERS']).resolve()}:{os.environ['PATH']}"}
        dynamo = Path(os.environ["DYNAMO"]).resolve()
        self.log = open(self.path / "output", "w+b")
        self.dynamo = subprocess.Popen([dynamo, "serve", "graph.yaml:g", "--quiet"], cwd=self.path, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.log, start_new_session=True)
        self.folder = eventually("the run has a folder", self.find_folder, PATIENCE)
        self.run_id = self.folder.name
        self.record, self.rest, self.events, self.states = open(self.folder / "events.jsonl", "rb"), b"", [], {}
        self.did, self.troubles = collections.Counter(), []

    def find_folder(self):
        self.still_runs()
        events = next(self.path.glob(".local/state/dynamo/runs/*/events.jsonl"), None)
        return events and events.parent

    def still_runs(self):
        if self.dynamo.poll() is not None:
            raise AssertionError(f"dynamo has ended with {self.dynamo.returncode}:\n{(self.path / 'output').read_text()[-4000:]}")

    def look(self):
        """Reads the events that have come; the state of every replica is then in `states`."""
        self.still_runs()
        return self.read_events()

    def read_events(self):
        *lines, self.rest = (self.rest + self.record.read()).split(b"\n")
        for line in lines:
            event = json.loads(line)
            self.events.append(event)
            if event["kind"] == "worker":
                self.states[event["worker"]] = event["state"]
        return True

    def all_ready(self):
        return self.look() and len(self.states) == 50 and all(state == "ready" for state in self.states.values())

    def supervisor(self):
        guardian = self.dynamo.pid
        children = Path(f"/proc/{guardian}/task/{guardian}/children").read_text().split()
        return next(int(pid) for pid in children if Path(f"/proc/{pid}/comm").read_text().strip() == "dynamo")

    def descriptors(self):
        """How many the supervisor has, and of what kind; None while not all replicas are ready."""
        if not self.all_ready():
            return None
        kinds = collections.Counter()
        for link in Path(f"/proc/{self.supervisor()}/fd").iterdir():
            try:
                kinds[re.sub(r":?\[?\d+\]?.*|^/.*/", "", os.readlink(link))] += 1
            except OSError:
                pass
        return kinds

    def upgrades(self):
        self.read_events()
        return sum(event["kind"] == "run_upgraded" for event in self.events)

    def memory(self):
        """What it has allocated. Pages of its file count as its own or as shared, as others run the same file or not."""
        text = Path(f"/proc/{self.supervisor()}/smaps_rollup").read_text()
        return int(re.search(r"^Anonymous:\s+(\d+) kB", text, re.M)[1]) * 1024

    def at_rest(self, wanted=None):
        """Descriptors and memory when all are ready. Who has fallen silent counts as ready until a probe has waited ten seconds for
        it in vain, so this takes a while: until there are no more than `wanted`, or all have been ready for longer than that
        without there being fewer."""
        if self.options.upgrades:
            # A program that has just taken over has a heap of its own and opens the index of a log at the next line: only two of
            # them can be compared.
            eventually("all replicas are ready", self.all_ready, PATIENCE)
            before = self.upgrades()
            self.dynamo.send_signal(signal.SIGUSR2)
            eventually("the upgrade has happened", lambda: self.upgrades() > before, PATIENCE)
        fewest, since = None, time.monotonic()

        def found():
            nonlocal fewest, since
            now = self.descriptors()
            if now is None:
                since = time.monotonic()
                return None
            if fewest is None or sum(now.values()) < sum(fewest.values()):
                fewest, since = now, time.monotonic()
            return time.monotonic() > since + 12 or (wanted is not None and sum(fewest.values()) <= wanted)

        eventually("all replicas are ready", found, PATIENCE)
        return fewest, self.memory()

    def processes(self):
        """Replica -> its processes, as (process id, session, parent)."""
        found = collections.defaultdict(list)
        for pid, values in environments():
            if values.get("DYNAMO_RUN_ID") != self.run_id or "DYNAMO_REPLICA" not in values:
                continue
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            found[f"{values['DYNAMO_SLOT']}/{values['DYNAMO_REPLICA']}"].append((pid, int(fields[3]), int(fields[1])))
        return found

    def send(self, pid, number):
        """Only to a process of this run: the number may have changed hands since it was found."""
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:
            return
        try:
            if f"DYNAMO_RUN_ID={self.run_id}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
                signal.pidfd_send_signal(pidfd, number)
        except OSError:
            pass
        finally:
            os.close(pidfd)

    def act(self):
        """One thing happens to one replica."""
        kinds = {"leader killed": 6, "child killed": 3, "daemon killed": 3, "stopped": 1, "silent": 1, "flood": 4,
                 "many killed": 0.3, "upgrade": 1 if self.options.upgrades else 0}
        kind, = self.random.choices(list(kinds), kinds.values())
        victim = self.random.choice([f"answering/{number}" for number in range(40)] + [f"checked/{number}" for number in range(10)])
        some = self.random.sample(range(40), 15)
        self.did[kind] += 1
        if kind == "upgrade":
            self.dynamo.send_signal(signal.SIGUSR2)
            return
        processes = self.processes()
        tree = processes.get(victim, [])
        leaders = {replica: pid for replica, group in processes.items() for pid, session, _ in group if pid == session}
        leader = leaders.get(victim)
        if kind == "many killed":
            for number in some:
                if pid := leaders.get(f"answering/{number}"):
                    self.send(pid, signal.SIGKILL)
            return
        targets = {"child killed": [pid for pid, session, _ in tree if pid != leader and session == leader],
                   "daemon killed": [pid for pid, session, _ in tree if session != leader]}.get(kind, [leader])
        number = {"stopped": signal.SIGSTOP, "silent": signal.SIGUSR2, "flood": signal.SIGUSR1}.get(kind, signal.SIGKILL)
        for pid in targets:
            if pid is not None:
                self.send(pid, number)

    def go(self):
        begun = time.monotonic()
        settled_after = min(60, self.options.seconds / 4)
        first, told = None, begun
        while (now := time.monotonic()) < begun + self.options.seconds:
            self.look()
            if first is None and now > begun + settled_after:
                first = self.at_rest()
            if now > told + 60:
                told = now
                print(f"{now - begun:5.0f} s: {dict(self.did)}", flush=True)
            self.act()
            time.sleep(self.random.uniform(0.02, 0.25))  # the pace of what happens
        last = self.at_rest(wanted=sum(first[0].values()))
        self.judge(first, last)
        return first, last

    def expect(self, good, sentence):
        if not good:
            self.troubles.append(sentence)

    def judge(self, first, last):
        supervisor = self.supervisor()
        self.dynamo.send_signal(signal.SIGINT)
        status = self.dynamo.wait(PATIENCE)
        self.read_events()
        self.expect(status == 130, f"dynamo ended with {status}")
        left = [pid for pid, values in environments() if values.get("DYNAMO_RUN_ID") == self.run_id
                or values.get("DYNAMO_INSTANCE", "").startswith(str(self.folder))]
        self.expect(not left, f"processes are left: {left}")
        self.expect(sum(last[0].values()) <= sum(first[0].values()) + UNDER_WAY, f"descriptors: {dict(last[0] - first[0])} more than {dict(first[0])}")
        if self.options.memory:
            self.expect(last[1] <= first[1] * 1.1 + 1e6, f"{first[1]} bytes of memory became {last[1]}")
        locks = Path("/proc/locks").read_text()
        self.expect(not re.search(rf" ({supervisor}|{self.dynamo.pid}) ", locks), "locks are held")
        self.expect(not list((self.path / "run").rglob("*.*")) and not list((self.path / "run").rglob(self.run_id)),
                    f"sockets are left: {list((self.path / 'run').rglob('*'))}")
        groups = [folder for folder, _, _ in os.walk("/sys/fs/cgroup") if "dynamo" in folder and folder.endswith(self.run_id)]
        self.expect(not groups, f"control groups are left: {groups}")
        self.judge_events()
        self.judge_logs()

    def judge_events(self):
        numbers = [event["sequence"] for event in self.events]
        self.expect(numbers == list(range(1, len(numbers) + 1)), "the events have gaps")
        self.expect(self.events[-1]["kind"] == "run_ended", "the last event is not the end of the run")
        running = {}
        for event in self.events:
            if event["kind"] != "worker":
                continue
            worker, incarnation = event["worker"], event["incarnation"]
            if event["state"] == "starting" and event["pid"] is not None:
                self.expect(worker not in running, f"{worker} was started again before its end")
                running[worker] = incarnation
            elif event["state"] in OVER:
                self.expect(running.pop(worker, incarnation) == incarnation, f"{worker}: {event} ends another start")
        self.expect(not running, f"starts without an end: {running}")
        warnings = collections.Counter(event["reason"] for event in self.events if event["kind"] == "warning")
        self.expect(not warnings, f"warnings: {warnings}")

    def judge_logs(self):
        """No line of another replica, nor a piece of one in the middle of a line: each begins with its own name, and has it once."""
        for log in sorted((self.folder / "logs").glob("*.log")):
            name = log.stem.rsplit("-", 1)
            own = f"{name[0]}/{name[1]} ".encode()
            wrong = [line for line in log.read_bytes().split(b"\n") if line and not (line.startswith(own) or own.startswith(line))
                     or line.count(b"/") > 1]
            self.expect(not wrong, f"{log.name} holds {len(wrong)} lines that are not its own, such as {wrong[:1]}")

    def clean(self):
        if self.dynamo.poll() is None:
            self.dynamo.kill()
            self.dynamo.wait()
        for pid, values in environments():
            if values.get("DYNAMO_RUN_ID") == self.run_id:
                self.send(pid, signal.SIGKILL)
        self.home.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--upgrades", action="store_true", help="dynamo gets SIGUSR2 now and then")
    parser.add_argument("--no-memory", dest="memory", action="store_false", help="do not look at memory: a sanitizer keeps it")
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.seconds:g} s", flush=True)
    soak = Soak(options)
    try:
        first, last = soak.go()
        starts = sum(event["kind"] == "worker" and event["state"] == "starting" and event["pid"] is not None for event in soak.events)
        written = sum(log.stat().st_size for log in (soak.folder / "logs").iterdir())
        print(f"did {dict(soak.did)}\n{len(soak.events)} events, {starts} starts, {written / 1e6:.0f} MB of output\n"
              f"supervisor: {sum(first[0].values())} descriptors, then {sum(last[0].values())}; {first[1] / 1e6:.2f} MB of memory, then {last[1] / 1e6:.2f}")
    finally:
        soak.clean()
    for trouble in soak.troubles:
        print(f"FAILED: {trouble}")
    print("nothing is left, nothing is missing" if not soak.troubles else f"to run it again: SEED={options.seed}")
    return 1 if soak.troubles else 0


if __name__ == "__main__":
    sys.exit(main())
