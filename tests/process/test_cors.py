"""Web pages of other origins: only those that the settings name may read our answers."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.main import create_app
from app.settings import Settings

PAGE, STRANGER = "https://app.example.com", "https://evil.example.com"


@pytest.fixture
async def shared(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings.model_copy(update={"cors_origins": (PAGE,)}))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://leadgate.test/api/v1"
        ) as client,
    ):
        yield client


async def test_a_named_page_may_read(shared: httpx.AsyncClient) -> None:
    answer = await shared.get("/me", headers={"Origin": PAGE})
    assert answer.status_code == 401  # problems, too, are for the page to read
    assert answer.headers["access-control-allow-origin"] == PAGE
    shown = answer.headers["access-control-expose-headers"].split(", ")
    assert {"X-Next-Cursor", "X-RateLimit-Remaining"} <= set(shown)


async def test_a_named_page_may_send_a_key(shared: httpx.AsyncClient) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "x-api-key, content-type",
    }
    answer = await shared.options("/workspace", headers=asked)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "x-api-key" in answer.headers["access-control-allow-headers"]


async def test_others_may_not(shared: httpx.AsyncClient, anonymous: httpx.AsyncClient) -> None:
    for client, origin in ((shared, STRANGER), (anonymous, PAGE)):
        answer = await client.get("/me", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        (PAGE, (PAGE,)),
        (f"{PAGE}/, {STRANGER},", (PAGE, STRANGER)),
    ],
)
def test_origins_are_separated_by_commas(
    given: str, origins: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADGATE_CORS_ORIGINS", given)
    file = tmp_path / "environment"
    file.write_text("LEADGATE_DATABASE_URL=postgresql://x\nLEADGATE_SECRET_KEY=0123456789abcdef\n")
    assert Settings.from_environment(file).cors_origins == origins
