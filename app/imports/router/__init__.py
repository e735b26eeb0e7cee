"""Imports over HTTP."""

from fastapi import APIRouter

from app.imports.router import after, files, imports, streams

router = APIRouter(tags=["Imports"])
for part in (imports, files, streams, after):
    router.include_router(part.router)
