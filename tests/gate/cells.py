"""What becomes of a row: by mode, by where its person is already, and by duplicate scope.

``python -m tests.gate.cells`` prints it as the table that people read.
"""

from typing import NamedTuple

SCOPES = ("campaign", "active", "workspace")
MEMBER = "updated or unchanged"
IN_PROGRESS, ELSEWHERE = "in_progress_in_other_campaign", "duplicate_in_other_campaign"

CELLS = {
    "create_only": {
        "unknown": ("added", "added", "added"),
        "here": ("duplicate_in_campaign", "duplicate_in_campaign", "duplicate_in_campaign"),
        "active elsewhere": ("added", IN_PROGRESS, ELSEWHERE),
        "ended elsewhere": ("added", "added", ELSEWHERE),
    },
    "create_and_update": {
        "unknown": ("added", "added", "added"),
        "here": (MEMBER, MEMBER, MEMBER),
        "active elsewhere": ("added", IN_PROGRESS, ELSEWHERE),
        "ended elsewhere": ("added", "added", ELSEWHERE),
    },
    "update_only": {
        "unknown": ("not_in_campaign", "not_in_campaign", "not_in_campaign"),
        "here": (MEMBER, MEMBER, MEMBER),
        "active elsewhere": ("not_in_campaign", "not_in_campaign", "not_in_campaign"),
        "ended elsewhere": ("not_in_campaign", "not_in_campaign", "not_in_campaign"),
    },
}
"""Mode → where the person is → what becomes of the row under each scope."""


class Cell(NamedTuple):
    mode: str
    person: str
    scope: str
    outcome: str

    @property
    def codes(self) -> list[str]:
        return self.outcome.split(" or ")


def cells() -> list[Cell]:
    return [
        Cell(mode, person, scope, outcome)
        for mode, people in CELLS.items()
        for person, outcomes in people.items()
        for scope, outcome in zip(SCOPES, outcomes, strict=True)
    ]


def markdown() -> str:
    """A row per mode and person, a column per scope."""
    head = ["mode", "the person is", *(f"scope `{scope}`" for scope in SCOPES)]
    lines = [head, ["---"] * len(head)]
    for mode, people in CELLS.items():
        for person, outcomes in people.items():
            lines.append([f"`{mode}`", person, *outcomes])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(markdown())  # noqa: T201  # for people
