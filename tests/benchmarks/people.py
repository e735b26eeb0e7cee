"""Leads as a sales team has them, the same for the same number and no two alike."""

import random
from typing import Any

import orjson

BATCH = 400
FREE = ("gmail.com", "outlook.com", "yahoo.com", "hotmail.com", "icloud.com", "gmx.de")
FREE_SHARE = 0.15
COMPANIES = 60_000
SCATTER = 2_654_435_761
"""Odd, so that no two numbers become one: addresses come in no order, and so do index entries."""
FIRST = ("Anna", "Ben", "Clara", "David", "Elena", "Felix", "Grace", "Hugo", "Ines", "Jonas")
LAST = ("Smith", "Becker", "Novak", "Rossi", "Martin", "Silva", "Jensen", "Kowalski", "Dubois")
FIRMS = ("Northwind", "Brightpath", "Ironclad", "Bluewater", "Granite", "Hillcrest", "Lumen")
TRADES = ("Logistics", "Software", "Foods", "Energy", "Studios", "Medical", "Partners", "Textiles")
ENDINGS = ("com", "com", "io", "de", "co.uk", "fr", "net")
CITIES = ("Berlin, Germany", "London, United Kingdom", "Austin, United States", "Lyon, France")
SEGMENTS = ("Mid-market SaaS", "Manufacturing, DACH", "Retail and e-commerce", "Health care")


def body(batch: int, *, with_profile: float) -> bytes:
    """The request body of a batch; ``with_profile`` is the share that has a LinkedIn page."""
    chance = random.Random(batch)
    leads = [lead(chance, batch * BATCH + n, with_profile) for n in range(BATCH)]
    return orjson.dumps({"lead_list": leads})


def lead(chance: random.Random, number: int, with_profile: float) -> dict[str, Any]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    firm, domain = company(int(chance.random() ** 2 * COMPANIES))
    local = f"{first}.{last}{number * SCATTER % 2**32:x}".lower()
    mailbox = chance.choice(FREE) if chance.random() < FREE_SHARE else domain
    made: dict[str, Any] = {
        "email": f"{local}@{mailbox}",
        "first_name": first,
        "last_name": last,
        "company_name": firm,
        "website": f"https://www.{domain}",
        "location": chance.choice(CITIES),
        "custom_fields": custom_fields(chance, firm),
    }
    if chance.random() < with_profile:
        made["linkedin_profile"] = f"https://www.linkedin.com/in/{local.replace('.', '-')}/"
    return made


def company(number: int) -> tuple[str, str]:
    """Its name and its domain. The low numbers are the big ones, with many people each."""
    name = f"{FIRMS[number % len(FIRMS)]} {TRADES[number // len(FIRMS) % len(TRADES)]}"
    domain = f"{name.replace(' ', '').lower()}{number}.{ENDINGS[number % len(ENDINGS)]}"
    return f"{name} {number}", domain


def custom_fields(chance: random.Random, firm: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "icebreaker": f"Saw how {firm} opened {chance.randint(2, 40)} new sites this year.",
        "segment": chance.choice(SEGMENTS),
    }
    if chance.random() < 0.5:
        fields["employees"] = chance.randint(10, 5_000)
    return fields
