"""One MetaData, one naming convention, and the column types that the tables share.

Tenant tables start with ``workspace_id``, which leads their primary key, every unique key and every
foreign key.
"""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


TenantKey = Annotated[int, mapped_column(BigInteger, primary_key=True)]
"""``workspace_id``, and other leading columns of a primary key."""
Key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
BigId = Annotated[int, mapped_column(BigInteger)]
OptionalBigId = Annotated[int | None, mapped_column(BigInteger)]
Word = Annotated[str, mapped_column(Text)]
OptionalWord = Annotated[str | None, mapped_column(Text)]
Sorted = Annotated[str, mapped_column(Text(collation="C"))]
"""Text that is locked and paged in order: byte order, the same on every server."""
OptionalSorted = Annotated[str | None, mapped_column(Text(collation="C"))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
OptionalMoment = Annotated[datetime | None, mapped_column(DateTime(timezone=True))]
Now = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Document = Annotated[dict[str, Any], mapped_column(JSONB, server_default=text("'{}'"))]
Lines = Annotated[list[Any], mapped_column(JSONB, server_default=text("'[]'"))]
OptionalDocument = Annotated[dict[str, Any] | None, mapped_column(JSONB)]
Words = Annotated[list[str], mapped_column(ARRAY(Text), server_default=text("'{}'"))]
Count = Annotated[int, mapped_column(BigInteger, server_default=text("0"))]
Off = Annotated[bool, mapped_column(server_default=text("false"))]
On = Annotated[bool, mapped_column(server_default=text("true"))]
