"""The README's tables that come from the code: ``python -m tests.readme_tables`` prints them."""

from dataclasses import fields
from typing import Any

from app.gate.facts import ACTIVE_STATUSES
from app.leads.rules.vocabulary import NAMES
from app.values import LeadStatus
from app.workspaces.rules import PRESETS, Policy
from tests.gate import cells


def markdown(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows))


def code(word: object) -> str:
    return f"`{word}`"


def presets() -> str:
    """A column per preset, a row for whatever any of them sets."""
    columns = list(PRESETS.values())
    names = [field.name for field in fields(Policy) if field.name != "preset"]
    told = [name for name in names if len({getattr(p, name) for p in columns}) > 1]
    return markdown(
        ["", *(code(policy.preset) for policy in columns)],
        [[code(name), *(_said(getattr(p, name)) for p in columns)] for name in told],
    )


def statuses() -> str:
    """A row per status, with the words that others have for it."""
    return markdown(
        ["status", "is", *map(code, ("smartlead_list", "datasend", "lemlist"))],
        [
            [code(status), _kind(status), smartlead, datasend, lemlist or ""]
            for status, (datasend, smartlead, lemlist) in NAMES.items()
        ],
    )


def _kind(status: LeadStatus) -> str:
    if status is LeadStatus.NOT_CONTACTED:
        return "active once its campaign was started"
    return "active" if status in ACTIVE_STATUSES else "ended"


def _said(value: Any) -> str:
    return {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)


TABLES = {"presets": presets(), "cells": cells.markdown(), "statuses": statuses()}


if __name__ == "__main__":
    print("\n\n".join(TABLES.values()))  # noqa: T201  # for people
