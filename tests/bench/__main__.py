"""`python -m tests.bench`: what the engine costs, as ratios measured side by side. By hand, never one of the checks.

`python -m tests.bench table` runs the first five and prints one table, with the kind of machine and the date.
"""

from __future__ import annotations

import argparse
import importlib

from .report import Row, table

BENCHMARKS = {
    "turn": "a turn in this process, against Flask's constant answer and a hand-written Flask + twilio menu",
    "stores": "a turn on PostgreSQL against SQLite: processor time of ours, round trips, turns a second of both cores",
    "served": "a request on a real server, against the same two and Node express + twilio; p99 at 70 % load; the mix",
    "scale": "a turn by the size of the flow, by live calls, by turns had; bytes a live call",
    "start": "from the start to ready; the first caller of each kind against the hundredth",
    "repeats": "20,000 calls with repeated requests on two servers of two workers: what was done twice or lost",
    "load": "the load client against Locust's FastHttpUser; its percentiles against known delays",
    "door": "honest callers while 500 half-sent requests and 4,000 idle connections attack the server",
    "tools": "ivr check on 12,000 lines, ivr test",
    "hearing": "local recognition: the gate, keys in sound, recognitions a second, memory",
    "voices": "the local voices: first prompt, prompts a second, a thousand in a row",
    "prompts": "the first prompt, values in calls, the cache, renderings a second, with the voices installed here",
    "line": "a call on a line of one's own beside baresip alone: processor, memory, key to silence, keys lost",
    "queue": "ivr queue simulate against SimPy: a caller, and the waits of both beside Erlang's; --calls are thousands",
    "profile": "where a turn's time goes",
}
IN_TABLE = ("turn", "served", "scale", "start", "load")
QUICK = (3, 15)
"""Rounds and calls with --quick: figures to look at, not to quote."""


def main() -> None:
    """Run one benchmark, or those of the table."""
    list_of_benchmarks = "\n".join(f"  {name:<9} {what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=f"{__doc__}\n\n{list_of_benchmarks}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="?", default="table", choices=["table", *BENCHMARKS])
    parser.add_argument("--rounds", type=int, default=9, help="rounds that count")
    parser.add_argument("--calls", type=int, default=60, help="calls a round and contender")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK[0]} rounds of {QUICK[1]} calls, and small stores")
    options = parser.parse_args()
    rounds, calls = QUICK if options.quick else (options.rounds, options.calls)
    rows: list[Row] = []
    for name in IN_TABLE if options.what == "table" else (options.what,):
        rows += importlib.import_module(f"tests.bench.{name}").run(rounds, calls) or []
    if rows:
        print(f"\n{table(rows)}")


if __name__ == "__main__":
    main()
