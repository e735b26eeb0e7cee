"""A process that wants to know domains: ``python -m tests.validation.asker DOMAIN …``."""

import asyncio
import sys

from app.kit.resources import open_resources
from app.settings import Settings
from app.validation.operations import domain_facts


async def main(domains: list[str]) -> None:
    async with open_resources(Settings.from_environment()) as resources:
        facts = await domain_facts(resources, domains)
    assert facts.keys() == set(domains)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
