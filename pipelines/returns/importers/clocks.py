"""The time that a platform writes into its ids.

Here: the three platforms whose ids are known to hold one. The layouts: X's snowflake has the milliseconds
since 2010-11-04T01:42:54.657Z above its 22 lowest bits; LinkedIn's has those since 1970 there; TikTok's has
the seconds since 1970 above its 32 lowest bits, of the upload, which for a scheduled video is earlier than
its appearance.
"""

from __future__ import annotations

import datetime as dt

_X_EPOCH_MS = 1_288_834_974_657
_X_FIRST = 29_700_859_247  # ids before November 2010 were counted, and hold no time
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (naive, in UTC)


def time_of(clock: str, post_id: str) -> dt.datetime | None:
    """When a post was made, naive and in UTC; None where its id does not say."""
    if not (post_id.isascii() and post_id.isdigit() and len(post_id) <= 20):
        return None
    number = int(post_id)
    if clock == "x":
        moment = number // 2**22 + _X_EPOCH_MS if number >= _X_FIRST else 0
    elif clock == "linkedin":
        moment = number // 2**22
    else:
        moment = number // 2**32 * 1000
    found = _EPOCH + dt.timedelta(milliseconds=min(moment, 10**13))
    return found if found.year >= 2003 else None
