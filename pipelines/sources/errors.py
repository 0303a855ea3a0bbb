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
    """429: asked again after the wait that the platform names."""

    reason = "rate_limited"


class WaitTooLong(RateLimited):
    """The wait that the platform asks for does not fit into a limit of ours (limits.py)."""


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
    """No connection, or an answer cut short."""

    reason = "network"


class TimedOut(SourceError):
    """A limit of time was reached (limits.py); `detail` names it."""

    reason = "timed_out"


class RequestTimedOut(TimedOut, Transient):
    """That of one request: the next may be quicker."""


class TooLarge(SourceError):
    """A body grew over the limit, and was left there."""

    reason = "too_large"


class RepeatedPage(SourceError):
    """A listing named a page as its next that it had named before: it would never end."""

    reason = "repeated_page"


class TooManyPages(SourceError):
    """A listing went on beyond the pages that an account may have."""

    reason = "too_many_pages"


class Unexpected(SourceError):
    """A fault of ours, met with what one account or batch was answered: the others go on."""

    reason = "unexpected"


class WrongShape(SourceError):
    """The answer is not what the platform's description says: the path and both types are in `detail`."""

    reason = "flipped_type"
