"""By what rows are asked for."""

from typing import Annotated

from fastapi import Query

from app.imports.schemas.ledger import OutcomeFilter
from app.values import Code

CodeParam = Annotated[Code | None, Query(description="Only rows with this verdict.")]
OutcomeParam = Annotated[
    OutcomeFilter | None,
    Query(description="Only rows with this outcome; `excluded` is skipped and failed."),
]
