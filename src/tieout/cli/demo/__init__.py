"""The demo: a day of two systems being tied out, played and checked on this computer."""

from __future__ import annotations

from tieout.cli.demo.show import demo

__all__ = ["demo"]
