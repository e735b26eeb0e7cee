"""Categories on the wire."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, RootModel

from app.leads.rules.categories import DEFINED_AT, Category
from app.leads.schemas import examples


class CategoryOut(BaseModel):
    """What a reply said."""

    model_config = ConfigDict(json_schema_extra={"examples": [examples.CATEGORY]})

    id: int
    created_at: datetime
    name: str
    sentiment_type: str

    @classmethod
    def of(cls, category: Category) -> Self:
        return cls(
            id=category.id,
            created_at=DEFINED_AT,
            name=category.name,
            sentiment_type=category.sentiment,
        )


class CategoriesOut(RootModel[list[CategoryOut]]):
    """Every category there is."""

    model_config = ConfigDict(
        title="CategoriesOut", json_schema_extra={"examples": [[examples.CATEGORY]]}
    )
