"""A short run of what `make fuzz` does for longer: the same requests each time."""

import pytest

from tests.contract.fuzz import fuzz
from tests.servers import Servers


@pytest.mark.timeout(300)
async def test_the_service_does_what_its_document_says(servers: Servers) -> None:
    code, printed = await fuzz(
        servers,
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "2"),
        "--generation-deterministic",
    )
    assert "Tested: " in printed
    assert code == 0, printed
