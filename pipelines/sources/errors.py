"""Every way in which asking a platform can fail, each with the words that the requests log keeps.

Belongs here: the kinds of failure. Does not belong here: which HTTP answer means which kind on which
platform; that is in the platform's own module.
"""

from typing import ClassVar


class SourceError(Exception):
    """An account could not be asked, or did not answer. Never holds a token or a full URL.

    `status` is what the requests log says (refused, throttled, failed), `reason` its short code.
    """

    status: ClassVar[str] = "failed"
    reason: ClassVar[str] = "failed"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Refused(SourceError):
    """The platform understood and said no. Asking again gives the same answer."""

    status = "refused"
    reason = "refused"


class NotAuthorised(Refused):
    """401, or 403 for want of a token or a permission."""

    reason = "not_authorised"


class NotFound(Refused):
    """The account, post or page does not exist (or not for us)."""

    reason = "not_found"


class Suspended(Refused):
    """The platform took the account down."""

    reason = "suspended"


class Deactivated(Refused):
    """The owner closed the account or moved it elsewhere."""

    reason = "deactivated"


class CommentsDisabled(Refused):
    """The owner switched comments off for this post."""

    reason = "comments_disabled"


class BadRequest(Refused):
    """Any other 4xx: we asked wrongly, and would again."""

    reason = "bad_request"


class Throttled(SourceError):
    """We asked too much. What was not asked is named, never guessed."""

    status = "throttled"
    reason = "throttled"


class RateLimited(Throttled):
    """429. `wait_seconds` is what the platform told us to wait, None when it did not say."""

    reason = "rate_limited"

    def __init__(self, detail: str, wait_seconds: float | None = None) -> None:
        super().__init__(detail)
        self.wait_seconds = wait_seconds


class QuotaSpent(Throttled):
    """The platform's daily quota is used up: stop for the day."""

    reason = "quota_spent"


class BudgetSpent(Throttled):
    """Our own limit for a run, reached before the platform's."""

    reason = "budget"


class Transient(SourceError):
    """Worth trying again; raised only when trying again did not help."""


class ServerError(Transient):
    """5xx."""

    reason = "server_error"


class NetworkError(Transient):
    """No connection, a time-out, or an answer cut short."""

    reason = "network"


class Unexpected(SourceError):
    """A fault of ours, met with what one account or batch was answered: the others go on."""

    reason = "unexpected"


class WrongShape(SourceError):
    """The answer is not what the platform's description says: the path and both types are in `detail`."""

    reason = "flipped_type"
