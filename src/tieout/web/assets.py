"""Assets: scripts, styles and icons, served from memory, compressed, and kept by browsers until they change."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from tieout.kit.errors import NotFound

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}
KEEP_SECONDS = 31_536_000
"""A year: an address carries the fingerprint of what is behind it."""


@dataclass(frozen=True)
class Asset:
    """One file that is served."""

    content: bytes
    packed: bytes
    type: str
    fingerprint: str


class Assets:
    """All files of the static folder, read once."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._assets = {
            path.relative_to(folder).as_posix(): _asset(path)
            for path in sorted(folder.rglob("*"))
            if path.suffix in TYPES
        }

    def address(self, name: str) -> str:
        """Give the address of a file, which changes when the file does."""
        return f"/static/{name}?v={self._assets[name].fingerprint}"

    def answer(self, request: Request, name: str) -> Response:
        """Serve a file; NotFound when there is none of that name."""
        asset = self._assets.get(name)
        if asset is None:
            raise NotFound(
                "There is no such file",
                record=name,
                reason="the page has no file of this name",
                remedy="Go to the home page",
            )
        headers = {
            "Cache-Control": f"public, max-age={KEEP_SECONDS}, immutable",
            "ETag": f'"{asset.fingerprint}"',
            "Vary": "Accept-Encoding",
        }
        if f'"{asset.fingerprint}"' in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                asset.packed, media_type=asset.type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(asset.content, media_type=asset.type, headers=headers)


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(
        content,
        gzip.compress(content, 9, mtime=0),
        TYPES[path.suffix],
        hashlib.sha256(content).hexdigest()[:12],
    )
