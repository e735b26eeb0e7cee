"""Something of which a process has few, and jobs that take turns at it."""

from asyncio import Semaphore


class Turns(Semaphore):
    """Whoever finds none left says so, and comes again; whoever has had one for long gives way."""

    is_wanted = False
