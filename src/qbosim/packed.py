"""Bodies that come compressed, as Intuit's own client libraries can send them."""

from __future__ import annotations

import zlib

_WINDOWS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}
"""How zlib reads each encoding; what calls itself deflate may lack zlib's frame."""


class TooLarge(Exception):
    """A body that unpacks to more than is taken."""


def unpacked(body: bytes, encoding: str, most: int) -> bytes:
    """The body as it was before `encoding` (a Content-Encoding); as it came when it is not so encoded.

    Raises TooLarge beyond `most` bytes, after unpacking no more than that.
    """
    for window in _WINDOWS.get(encoding.strip().lower(), ()):
        reader = zlib.decompressobj(window)
        try:
            content = reader.decompress(body, most + 1)
        except zlib.error:
            continue
        if len(content) > most:
            raise TooLarge
        if reader.eof:
            return content
    return body
