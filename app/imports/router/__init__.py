"""Imports over HTTP."""

from fastapi import APIRouter

from app.imports.router import files, imports, streams

router = APIRouter(tags=["Imports"])
for part in (imports, files, streams):
    router.include_router(part.router)
