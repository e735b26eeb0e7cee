"""The API's description, kept beside the code: a change of the API shows up in the review."""

import json
from pathlib import Path

from app.main import create_app
from app.settings import Settings

PATH = Path("openapi/openapi.json")
NOWHERE = {"database_url": "postgresql://nowhere", "secret_key": "no secret is used here"}


def write() -> None:
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(described())


def is_current() -> bool:
    return PATH.exists() and PATH.read_text() == described()


def described() -> str:
    """The whole description, in one order, so that a difference is a change."""
    app = create_app(Settings.model_validate(NOWHERE))
    return json.dumps(app.openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
