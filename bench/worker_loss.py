#!/usr/bin/env python3
"""What the death of one process costs: real Dynamo graphs under a steady load, one replica of each killed by SIGKILL.

    DYNAMO=build/release/bin/dynamo python3 bench/worker_loss.py [SECONDS]     (default 60; 10 requests a second)

Half of the requests are streams. One counts as failed if it was refused, answered with an error, or cut.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "real"))
from real import RATE, RealTest, load, measure

VICTIMS = (("agg_router", "worker/0"), ("disagg_router", "decode/0"), ("disagg_router", "prefill/0"),
           ("disagg_router", "frontend/0"))


class Bench(RealTest):
    def runTest(self):
        seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
        print(f"{'graph':15}{'killed':12}{'requests':>9}{'failed':>8}{'replaced after':>16}   what failed")
        for graph, victim in VICTIMS:
            run = self.serve(graph)
            failed = load(run.port, seconds, at=seconds // 3, then=lambda: run.kill_worker(victim))
            started, ready = run.told(victim, "killed by")[0].split()[0], run.told(victim, "ready in")[1].split()[0]
            kinds = sorted({trouble.split(":")[0].split("(")[0] for _, trouble in failed})
            print(f"{graph:15}{victim:12}{seconds * RATE:9}{len(failed):8}{clock(ready) - clock(started):14.2f} s"
                  f"   {', '.join(kinds)}", flush=True)
            for at, trouble in failed[:3]:
                print(f"{'':15}at {at} s: {trouble[:120]}")
            self.stops(run)


def clock(text):
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


if __name__ == "__main__":
    measure(Bench)
