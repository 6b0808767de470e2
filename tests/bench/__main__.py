"""`python -m tests.bench`: what the engine costs, as ratios measured side by side. By hand, never one of the checks."""

from __future__ import annotations

import argparse
import importlib

BENCHMARKS = {
    "turn": "a turn in this process, against Flask's constant answer and a hand-written Flask + twilio menu",
    "served": "a request on a real server, against the same two",
    "scale": "a turn by the size of the flow, by live calls, by turns had; bytes a live call",
    "tools": "ivr check on 12,000 lines, ivr test",
    "hearing": "local recognition: the gate, keys in sound, recognitions a second, memory",
    "voices": "the local voices: first prompt, prompts a second, a thousand in a row",
    "prompts": "the first prompt, values in calls, the cache, renderings a second, with the voices installed here",
    "profile": "where a turn's time goes",
}


def main() -> None:
    """Run one benchmark."""
    told = "\n".join(f"  {name:<9} {what}" for name, what in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=f"{__doc__}\n\n{told}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=list(BENCHMARKS))
    parser.add_argument("--rounds", type=int, default=9, help="rounds that count")
    parser.add_argument("--calls", type=int, default=60, help="calls a round and contender")
    given = parser.parse_args()
    importlib.import_module(f"tests.bench.{given.what}").run(given.rounds, given.calls)


if __name__ == "__main__":
    main()
