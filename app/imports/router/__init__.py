"""Imports over HTTP."""

from fastapi import APIRouter

from app.imports.router import after, files, imports, lists, streams

router = APIRouter(tags=["Imports"])
for part in (imports, files, lists, streams, after):
    router.include_router(part.router)
