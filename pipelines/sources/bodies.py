"""Unpacks an answer's body while it comes: half a megabyte of gzip can hold a gigabyte.

Belongs here: bytes. Does not belong here: what they mean (shapes.py).
"""

import zlib

import httpx

from pipelines.sources import errors

_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for a gzip header and trailer


async def unpacked(response: httpx.Response, most: int) -> bytes:
    """The body of an answer that is being streamed; at most `most` bytes of it are ever unpacked.

    Raises:
        TooLarge: it is longer.
        WrongShape: it is packed as we did not ask for, or wrongly.
    """
    path = response.url.path
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("gzip", "identity", ""):
        if not response.is_success:
            return b""  # the status says enough
        raise errors.WrongShape(f"{path}: packed otherwise than with gzip")
    unpack = zlib.decompressobj(_GZIP) if packing == "gzip" else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            # One byte more than may be: it would be unpacked whole otherwise, before it is counted.
            body += unpack.decompress(chunk, most + 1 - len(body)) if unpack else chunk
        except zlib.error:
            raise errors.WrongShape(f"{path}: not gzip") from None
        if len(body) > most:
            raise errors.TooLarge(f"{path}: the body is longer than {most:,} bytes")
    if unpack and not unpack.eof and body:
        raise errors.WrongShape(f"{path}: not the whole of a gzip")
    return bytes(body)
