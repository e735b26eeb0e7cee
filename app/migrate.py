"""The schema's way to the newest version, from a checkout or an installed wheel alike."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from app.kit.db import asyncpg_url

MIGRATIONS = Path(__file__).parents[1] / "migrations"
"""Beside us, in a checkout and in an installed wheel."""


def upgrade(database_url: str) -> None:
    """To the newest schema. Of several hosts at once, one does it and the others wait.

    Runs an event loop of its own; call it from a thread where one is running already.
    """
    command.upgrade(_config(database_url), "head")


def check(database_url: str) -> None:
    """Raises ``alembic.util.CommandError`` if the models say more than the migrations made."""
    command.check(_config(database_url))


def _config(database_url: str) -> Config:
    """What alembic.ini would say, without a file: a wheel has none."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", asyncpg_url(database_url).replace("%", "%%"))
    return config
