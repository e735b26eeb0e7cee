"""``python -m tests.stress --minutes 3 --seed 7``: on the servers that LEADGATE_* name.

The seed fixes what is asked, not how it interleaves: a failure may need several runs to come again.
"""

import argparse
import asyncio
import secrets
import sys
import time
from itertools import cycle

from app.environment import read_settings
from app.values import DuplicateScope
from tests.stress.scenarios import everybody_again, everybody_to_everywhere
from tests.stress.service import Service, in_processes
from tests.stress.storm import storm

STORM_S = 10.0


async def main(minutes: float, seed: str) -> int:
    """Round after round until something is wrong or the time is over; gives the exit code."""
    end = time.monotonic() + minutes * 60
    rounds = 0
    async with in_processes(read_settings(), seed) as service:
        for floor in cycle(DuplicateScope):
            rounds += 1
            wrong = await one_round(service, f"{seed}-{rounds}", floor)
            wrong += service.answers.wrong
            say(f"round {rounds}, floor {floor}: {len(wrong)} wrong, {await told(service)}")
            if wrong or time.monotonic() > end:
                break
    for sentence in wrong:
        say(sentence)
    say(f"seed {seed}: {'FAILED' if wrong else 'all as it should be'}")
    return 1 if wrong else 0


async def one_round(service: Service, seed: str, floor: DuplicateScope) -> list[str]:
    return [
        *await everybody_to_everywhere(service, seed),
        *await everybody_again(service, seed),
        *await storm(service, seed, seconds=STORM_S, floor=floor),
    ]


async def told(service: Service) -> str:
    """A deadlock is no fault, because the transaction runs again; but it takes a second."""
    counted = sorted(service.answers.counted.items())
    answers = ", ".join(f"{count} x {status}" for status, count in counted)
    deadlocks, slowest_s = await service.deadlocks(), service.answers.slowest_s
    return f"{deadlocks} deadlocks, slowest {slowest_s:.1f} s: {answers}"


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Look for races, with real processes.")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--seed", default=secrets.token_hex(4))
    given = parser.parse_args()
    sys.exit(asyncio.run(main(given.minutes, given.seed)))
