"""`leadgate api`, and where its processor time goes.

It takes samples by the processor's clock, so that the code runs as fast as without; SIGUSR1 begins.
"""

import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from types import FrameType

from app.cli import main

INTERVAL_S = 0.002
SHOWN = 35
ELSEWHERE = "(uvicorn's loop, and SQLAlchemy, whose greenlets do not show who called them)"
ROOT = f"{Path(__file__).parents[2]}/"


class Samples:
    """Counts samples by the functions of ours that were running, and by their innermost line."""

    def __init__(self) -> None:
        self.total = 0
        self._within: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()

    def take(self, _signal: int, frame: FrameType | None) -> None:
        self.total += 1
        ours = []
        while frame:
            if frame.f_code.co_filename.startswith(f"{ROOT}app/"):
                ours.append(frame)
            frame = frame.f_back
        self._lines[f"{_function(ours[0])}:{ours[0].f_lineno}" if ours else ELSEWHERE] += 1
        self._within.update({_function(frame) for frame in ours})

    def table(self) -> str:
        return "\n\n".join(
            f"{title}, % of {self.total} samples\n" + "\n".join(self._rows(counts))
            for title, counts in (
                ("In these functions and what they call", self._within),
                ("At these lines, what libraries do for them included", self._lines),
            )
        )

    def _rows(self, counts: Counter[str]) -> list[str]:
        return [f"{100 * n / self.total:6.1f}  {name}" for name, n in counts.most_common(SHOWN)]


def _function(frame: FrameType) -> str:
    return f"{frame.f_code.co_filename.removeprefix(ROOT)}:{frame.f_code.co_qualname}"


def begin(_signal: int, _frame: FrameType | None) -> None:
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)


def end(_signal: int, _frame: FrameType | None) -> None:
    """Uvicorn, when it is done, repeats the signal that ended it."""
    raise SystemExit


if __name__ == "__main__":
    samples = Samples()
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGPROF, samples.take)
    signal.signal(signal.SIGUSR1, begin)
    sys.argv[1:1] = ["api"]
    with suppress(SystemExit):
        main()
    signal.setitimer(signal.ITIMER_PROF, 0)
    sys.stdout.write(samples.table() + "\n")
