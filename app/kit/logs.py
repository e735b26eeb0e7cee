"""Log lines: coloured for a person at a terminal, JSON for everybody else."""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType

import structlog

CHATTY = ("uvicorn.error", "httpx", "httpcore", "arq", "alembic")
"""Libraries that tell at INFO what nobody asked; their warnings stay."""

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs(level: str) -> None:
    """Once per process, first of all."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter() -> logging.Formatter:
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_without_data),
            renderer,
        ],
    )


def _without_data(exc_info: ExcInfo) -> str:
    """The traceback without what the errors say: that may quote what people sent.

    PostgreSQL's own do: "Key (workspace_id, email)=(7, ann@example.com) already exists".
    """
    return "\n".join(_told(exc_info[1]))


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
