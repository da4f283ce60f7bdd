"""The routes, one file for each resource, and the list of them."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.routes import (
    apps,
    companies,
    connections,
    csv_upload,
    documents,
    host,
    imports,
    issues,
    matching,
)

ROUTERS: tuple[APIRouter, ...] = (
    companies.router,
    imports.router,
    matching.router,
    issues.router,
    documents.router,
    csv_upload.router,
    host.router,
    apps.router,
    connections.router,
)
"""Every resource there is: one file, one line. Files come before the host's kinds, whose addresses are wider."""
