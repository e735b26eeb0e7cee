"""What stands in the paths of imports."""

from typing import Annotated, Any
from urllib.parse import unquote

from fastapi import Path
from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import Match
from starlette.types import Scope

from app.deps import KeyedRoute
from app.kit.fields import BIGGEST
from app.values import ImportId

ImportPath = Annotated[ImportId, Path(ge=1, le=BIGGEST, description="The import's id.")]
PushPath = Annotated[str, Path(max_length=200, description="As in `settings.push`.")]


class Segment(Convertor[str]):
    """A name as it stands in an address, where it is one segment whatever it holds."""

    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return unquote(value)

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("segment", Segment())


class PushRoute(KeyedRoute):
    """The name of a push may hold slashes, sent as ``%2F``: the path is read as it was sent."""

    def __init__(self, path: str, *arguments: Any, **options: Any) -> None:
        super().__init__(path.replace("_name}", "_name:segment}"), *arguments, **options)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        as_sent = scope["raw_path"].decode("latin-1").rstrip("/")
        return super().matches({**scope, "path": as_sent})
