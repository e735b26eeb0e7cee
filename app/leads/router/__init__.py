"""Leads over HTTP. Fixed paths come first."""

from fastapi import APIRouter

from app.leads.router import addresses, changing, demands, members, people, progress, statuses

router = APIRouter(tags=["Leads"])
for part in (people, members, changing, statuses, demands, progress, addresses):
    router.include_router(part.router)
