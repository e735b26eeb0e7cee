"""What the checks ask of the workers."""

from dataclasses import dataclass
from typing import ClassVar

from app.kit.jobs import Job


@dataclass(frozen=True)
class JudgeAgain(Job):
    """Judge a workspace's addresses anew by what is known of them. A singleton."""

    kind: ClassVar[str] = "judge_again"
