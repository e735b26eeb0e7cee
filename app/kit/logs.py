"""Log lines: coloured for a person at a terminal, JSON for everybody else.

What is bound while a request or a job runs (``structlog.contextvars``) stands in each of its lines.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from app.kit.redaction import redacted_value

CHATTY = (
    "uvicorn.error",
    "uvicorn.access",
    "httpx",
    "httpcore",
    "arq",
    "alembic",
    "asyncio",
    "urllib3",
)
"""Libraries that tell at INFO what nobody asked; their warnings stay."""
QUOTING = ("asyncio", "py.warnings")
"""Their first line says what is wrong; the others quote the objects that it happened to."""

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
log = logging.getLogger(__name__)


def configure_logs(level: str) -> None:
    """Once per process, first of all. Also of Python's warnings, and of what nobody catches."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    # A line that cannot be written would be printed with its arguments.
    logging.raiseExceptions = False
    threading.excepthook = lambda failed: _ignored(failed.exc_value, "a thread failed")
    sys.unraisablehook = lambda failed: _ignored(failed.exc_value, "an exception was ignored")


def formatter() -> logging.Formatter:
    renderer: Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _first_line,
            structlog.processors.ExceptionRenderer(_without_data),
            _redacted,
            renderer,
        ],
    )


def _without_data(exc_info: ExcInfo) -> str:
    """The traceback without what the errors say: that may quote what people sent.

    PostgreSQL's own do: "Key (workspace_id, email)=(7, ann@example.com) already exists".
    """
    return "\n".join(_told(exc_info[1]))


def _first_line(_logger: Any, _method: str, line: EventDict) -> EventDict:
    if line.get("logger") in QUOTING:
        line["event"] = line["event"].partition("\n")[0]
    return line


def _redacted(_logger: Any, _method: str, line: EventDict) -> EventDict:
    return {name: redacted_value(value) for name, value in line.items()}


def _ignored(error: BaseException | None, what: str) -> None:
    log.error(what, exc_info=error)


def _told(error: BaseException) -> Iterator[str]:
    """Causes first, as Python prints them."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from _told(before)
        yield "which led to:"
    yield "".join(traceback.format_tb(error.__traceback__)) + _name(error)
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _told(member)


def _name(error: BaseException) -> str:
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__module__}.{type(error).__qualname__}" + (f" ({code})" if code else "")
