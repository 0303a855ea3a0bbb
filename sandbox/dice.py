"""Numbers that look like chance and are not: pure functions of a seed and a name.

Here: hashing to uniform numbers and the few distributions drawn from them.
Not here: anything that knows what the numbers are for.
"""

import math
import struct
from functools import cache
from hashlib import blake2b
from statistics import NormalDist

_UNPACK = struct.Struct(">16I").unpack
_NORMAL = NormalDist()
_SCALE = 1 / 2**32


def digest(*key: object, size: int = 64) -> bytes:
    """`size` bytes that depend on the key alone."""
    return blake2b("|".join(map(str, key)).encode(), digest_size=size).digest()


def uniforms(*key: object) -> tuple[float, ...]:
    """Sixteen independent numbers in (0, 1)."""
    return tuple([(n + 0.5) * _SCALE for n in _UNPACK(digest(*key))])  # a list is half of the time


def uniform(*key: object) -> float:
    """One number in (0, 1)."""
    return (int.from_bytes(digest(*key)[:4], "big") + 0.5) * _SCALE


def lognormal(u: float, sigma: float) -> float:
    """A factor with median 1."""
    return math.exp(sigma * _NORMAL.inv_cdf(u))


def exponential(u: float, mean: float) -> float:
    """A waiting time with the given mean."""
    return -mean * math.log(u)


def poisson(u: float, mean: float, most: int) -> int:
    """A small count, never above `most`."""
    term = total = math.exp(-mean)
    n = 0
    while u > total and n < most:
        n += 1
        term *= mean / n
        total += term
    return n


def letters(alphabet: str, length: int, *key: object) -> str:
    """An identifier drawn from an alphabet."""
    raw = digest(*key, size=max(16, min(64, length)))
    return raw[:length].translate(_letter_of_byte(alphabet)).decode()


@cache
def _letter_of_byte(alphabet: str) -> bytes:
    return bytes(ord(alphabet[b % len(alphabet)]) for b in range(256))
