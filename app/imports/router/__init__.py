"""Imports over HTTP."""

from fastapi import APIRouter

from app.imports.router import files, imports

router = APIRouter(tags=["Imports"])
for part in (imports, files):
    router.include_router(part.router)
