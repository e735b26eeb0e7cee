"""What stands in the paths of imports."""

from typing import Annotated

from fastapi import Path

from app.kit.fields import BIGGEST
from app.values import ImportId

ImportPath = Annotated[ImportId, Path(ge=1, le=BIGGEST, description="The import's id.")]
