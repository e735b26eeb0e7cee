"""``python -m tests.chaos --kills 100 --seed 7``: its own `leadgate up`, in a folder of its own.

The seed fixes what is asked and who is killed, not the moments: a failure may need several runs.
"""

import argparse
import asyncio
import secrets
import sys
import time

from tests.chaos.kills import OFTEN, Outcome, chaos
from tests.process.up import Up, server_folder


def main(kills: int, seed: str) -> int:
    """The exit code."""
    with server_folder() as folder:
        data, began = folder / "data", time.monotonic()
        up = Up(data, environment=OFTEN).ready()
        try:
            outcome = asyncio.run(chaos(up, data, kills=kills, seed=seed))
        finally:
            up.stop()
    if outcome.wrong:
        sys.stdout.write(up.output)
    sys.stdout.write(report(outcome, kills, seed, time.monotonic() - began))
    return 1 if outcome.wrong else 0


def report(outcome: Outcome, kills: int, seed: str, took_s: float) -> str:
    answers = ", ".join(f"{n} x {what}" for what, n in outcome.told.counted.most_common())
    return "\n".join(
        [
            *outcome.wrong,
            f"{kills} kills in {took_s:.0f} s, {outcome.leads} leads in the end,"
            f" away for {outcome.longest_s:.1f} s at most,"
            f" slowest answer {outcome.told.slowest_s:.1f} s: {answers}",
            f"seed {seed}: {'FAILED' if outcome.wrong else 'all as it should be'}",
            "",
        ]
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Kill processes of `leadgate up` under load.")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    given = parser.parse_args()
    sys.exit(main(given.kills, given.seed))
