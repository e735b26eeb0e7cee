"""Health on the wire."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeAliasType

from app.health.operations import Readiness

ReadinessStatus = TypeAliasType("ReadinessStatus", Literal["ok", "unavailable"])
Missing = TypeAliasType("Missing", Literal["postgresql", "migrations", "api_key"])
Degraded = TypeAliasType("Degraded", Literal["redis", "dns"])


class LivenessOut(BaseModel):
    """The process answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = "ok"


class ReadinessOut(BaseModel):
    """``missing``: what stops the work; ``degraded``: what is slower, and loses nothing.

    That is news without Redis, and the check of addresses while a worker's DNS is not believed.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "ok", "missing": [], "degraded": ["redis"]},
                {"status": "unavailable", "missing": ["postgresql"], "degraded": []},
            ]
        }
    )

    status: ReadinessStatus
    missing: list[Missing]
    degraded: list[Degraded]

    @classmethod
    def of(cls, found: Readiness) -> Self:
        return cls.model_validate(
            {
                "status": "unavailable" if found.missing else "ok",
                "missing": list(found.missing),
                "degraded": list(found.degraded),
            }
        )
