"""The routes, one file for each resource, and the list of them."""

from __future__ import annotations

from fastapi import APIRouter

from tieout.api.routes import (
    apps,
    budget,
    calls,
    checkups,
    companies,
    connections,
    csv_upload,
    documents,
    health,
    host,
    imports,
    issues,
    matching,
    mirror,
    notices,
    records,
    sections,
    working,
)

ROUTERS: tuple[APIRouter, ...] = (
    companies.router,
    imports.router,
    matching.router,
    records.router,
    mirror.router,
    issues.router,
    documents.router,
    health.router,
    checkups.router,
    notices.router,
    sections.router,
    working.router,
    csv_upload.router,
    host.router,
    apps.router,
    budget.router,
    calls.router,
    connections.router,
)
"""Every resource there is: one file, one line. Files come before the host's kinds, whose addresses are wider."""
