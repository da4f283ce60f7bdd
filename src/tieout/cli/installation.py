"""The installation a command works on: its settings, read once, and its edges, opened and closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from tieout.kit.errors import Invalid

if TYPE_CHECKING:
    from tieout.edges import Edges
    from tieout.security.callers import Caller
    from tieout.wiring import Settings


@dataclass(frozen=True)
class Installation:
    """Which installation: what was said before the command's name."""

    home: Path | None
    tenant: str = ""
    """For whom a command works; empty for the operator's own tenant."""

    def settings(self, **changes: Any) -> Settings:
        """Read its settings: a command's options first, then the environment.

        Options that are None were not given. Raises Invalid for a value of the environment that cannot be used.
        """
        from pydantic import ValidationError

        from tieout.wiring import Settings

        given = {name: value for name, value in changes.items() if value is not None}
        if self.home is not None:
            given["home"] = self.home
        try:
            return Settings(**given)
        except ValidationError as wrong:
            first = wrong.errors()[0]
            name = "TIEOUT_" + "_".join(str(part) for part in first["loc"]).upper()
            raise Invalid(
                "A setting of this installation cannot be used",
                record=name,
                reason=str(first["msg"]),
                remedy=f"Correct or remove {name} in the environment",
            ) from wrong

    @contextmanager
    def opened(self, settings: Settings | None = None) -> Iterator[tuple[Edges, Caller]]:
        """Open the installation for one command, and close it afterwards."""
        from tieout.connections.tenants import check_tenant
        from tieout.security.callers import operator
        from tieout.wiring import TENANT, build

        edges = build(settings or self.settings())
        try:
            check_tenant(edges, self.tenant or TENANT)
            yield edges, operator(self.tenant or TENANT, "cli")
        finally:
            edges.http.close()
            edges.database.close()


def installation_of(context: typer.Context) -> Installation:
    """Give the installation that the command line named."""
    found = context.find_root().obj
    assert isinstance(found, Installation)
    return found
