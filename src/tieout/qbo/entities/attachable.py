"""Attachables: files and notes that hang on other records."""

from __future__ import annotations

from typing import Final

from tieout.qbo.entities.columns import Columns
from tieout.qbo.entities.entity import READ, Can, Entity

ATTACHABLE: Final = Entity(
    name="Attachable",
    plural="attachments",
    summary="Files and notes that hang on other records",
    can=READ | Can.FOLLOW | Can.CREATE | Can.UPDATE | Can.DELETE,
    columns=Columns(name="FileName or Note"),
)
