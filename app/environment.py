"""The settings of a process: from its environment, or from a `leadgate up` that runs beside it."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from app.kit.embedded.folder import write_private
from app.kit.logs import configure_logs
from app.kit.processes import CannotStart
from app.settings import Settings

FILE = "environment"
"""In the data folder, while `up` runs."""


def read_settings(file: Path | None = None) -> Settings:
    """And set up the logs. Raises CannotStart with a line per missing or wrong variable."""
    try:
        settings = Settings.from_environment(file)
    except ValidationError as error:
        wrong = (f"LEADGATE_{e['loc'][0]}".upper() + f": {e['msg']}" for e in error.errors())
        raise CannotStart("\n".join(wrong)) from None
    configure_logs(settings.log_level)
    return settings


def settings_beside_up(data_dir: Path) -> Settings:
    """For commands that a person types next to a running `up`; the environment goes first."""
    return read_settings(data_dir / FILE)


def leave_for_others(data_dir: Path, variables: Mapping[str, str]) -> Path:
    """What `settings_beside_up` reads; remove it when it no longer holds."""
    file = data_dir / FILE
    write_private(file, "".join(f"{name}={_quoted(v)}\n" for name, v in variables.items()))
    return file


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
