"""Uploads on the wire."""

from datetime import datetime
from typing import Annotated, Self

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from app.uploads.rules import Upload

UploadedFile = Annotated[
    bytes,
    Field(
        description="CSV, TSV, NDJSON or a workbook (.xlsx); of text also gzip. At most 2 GiB, and"
        " no more when it is unpacked.",
        json_schema_extra={"format": "binary", "contentMediaType": "application/octet-stream"},
    ),
]


SheetParam = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        description="Of a workbook, the sheet that is meant; else the first visible one with rows.",
    ),
]


class UploadIn(BaseModel):
    """A form with a file."""

    model_config = ConfigDict(
        json_schema_extra={
            "additionalProperties": False,
            "examples": [{"file": "email,first_name\nann@example.com,Ann\n"}],
        }
    )

    file: UploadedFile


class UploadOut(BaseModel):
    """A file that was sent. It is kept for a week, and for as long as an import uses it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 7,
                    "name": "leads.csv.gz",
                    "size_bytes": 52_428_800,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "packed_as": "gzip",
                    "sheet": None,
                    "other_sheets": [],
                    "created_at": "2026-11-26T09:00:00Z",
                }
            ]
        }
    )

    id: int
    name: str = Field(description="As the client calls it; may be empty.")
    size_bytes: int = Field(description="As it was sent.")
    sha256: str = Field(description="Of the file as it was sent, in hexadecimal digits.")
    packed_as: str | None = Field(
        description="`gzip`, `xlsx`, `utf-16` or `utf-32`, if it was; null for plain text."
    )
    sheet: str | None = Field(description="Of a workbook, the one whose rows were taken.")
    other_sheets: list[str] = Field(description="Of a workbook, its other visible sheets.")
    created_at: datetime

    @classmethod
    def of(cls, upload: Upload) -> Self:
        return cls(
            id=upload.id,
            name=upload.name,
            size_bytes=upload.size_bytes,
            sha256=upload.sha256.hex(),
            packed_as=upload.packed_as,
            sheet=upload.sheet,
            other_sheets=upload.other_sheets,
            created_at=upload.created_at,
        )
