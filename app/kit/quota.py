"""How much of what takes long a process has at once."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.kit.problems import Problem, TooBusy


class Quota:
    """``limit`` in this process, and ``limit_each`` of one workspace."""

    def __init__(self, limit: int, limit_each: int, too_many: Callable[[int], Problem]) -> None:
        """``too_many`` is raised, with its limit, for a workspace that has as many as it may."""
        self._limit, self._limit_each, self._too_many = limit, limit_each, too_many
        self._held: Counter[int] = Counter()

    def check(self, workspace_id: int) -> None:
        """Is there room for one more? Raises ``too_many``, TooBusy."""
        if self._held[workspace_id] >= self._limit_each:
            raise self._too_many(self._limit_each)
        if self._held.total() >= self._limit:
            raise TooBusy

    @contextmanager
    def held(self, workspace_id: int) -> Iterator[None]:
        """Unchecked."""
        self._held[workspace_id] += 1
        try:
            yield
        finally:
            self._held -= Counter([workspace_id])  # which forgets whoever has none
