"""Which operation a kind of job runs: one line each."""

from collections.abc import Awaitable, Callable

from app.counters.jobs import FoldCounters
from app.counters.operations import fold_counters
from app.kit.jobs import Lease
from app.kit.resources import Resources
from app.launch.jobs import RemoveCampaign
from app.launch.operations import remove_campaign

Task = Callable[[Resources, Lease], Awaitable[None]]

TASKS: dict[str, Task] = {
    FoldCounters.kind: fold_counters,
    RemoveCampaign.kind: remove_campaign,
}
