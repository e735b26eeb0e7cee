"""The schema's way to the newest version, from a checkout or an installed wheel alike."""

import io
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from app.kit.db import asyncpg_url, is_slow
from app.kit.processes import CannotStart

MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""Beside us, in a checkout and in an installed wheel."""


def upgrade(database_url: str, revision: str = "head") -> None:
    """To the newest schema, or up to a revision. Of several hosts at once, one does it and the
    others wait.

    Runs an event loop of its own; call it from a thread where one is running already.
    Raises CannotStart if there is no PostgreSQL at the URL, or somebody holds a table that changes.
    """
    try:
        command.upgrade(config(database_url), revision)
    except OSError as error:
        raise CannotStart(f"PostgreSQL cannot be reached: {error}") from error
    except DBAPIError as error:
        if not is_slow(error):
            raise
        raise CannotStart(
            "A table is in use by a long transaction, such as a backup, and its schema stays as it"
            " was. Try again when that has ended."
        ) from None


def check(database_url: str) -> None:
    """Raises CannotStart if the models say more than the migrations made."""
    try:
        command.check(config(database_url))
    except CommandError as error:
        raise CannotStart(str(error)) from None


def is_behind(revision: str | None) -> bool:
    """Is it older than the code? A newer one is normal amid a deployment, and works."""
    newest, known = _revisions()
    return revision is None or (revision != newest and revision in known)


def is_known(revision: str) -> bool:
    """Can this code bring it to the newest schema?"""
    return revision in _revisions()[1]


@cache
def _revisions() -> tuple[str | None, frozenset[str]]:
    """The newest, and all that this code knows of."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return scripts.get_current_head(), frozenset(s.revision for s in scripts.walk_revisions())


def config(database_url: str) -> Config:
    """What alembic.ini would say, without a file: a wheel has none."""
    made = Config(stdout=io.StringIO())  # we speak only of what is wrong
    made.set_main_option("script_location", str(MIGRATIONS))
    made.set_main_option("sqlalchemy.url", asyncpg_url(database_url).replace("%", "%%"))
    return made
