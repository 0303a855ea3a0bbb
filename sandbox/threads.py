"""Conversations beneath a post: the public asks, a force may answer, the person may thank it.

Here: who says what to whom, and when.
Not here: how a platform shows it (the routers).
"""

from dataclasses import dataclass

from sandbox import names
from sandbox.clock import DAY, HOUR, MINUTE, archive_day, london_offset
from sandbox.dice import exponential, poisson, uniforms
from sandbox.habits import Habits, answer_at, habits
from sandbox.nation import Account
from sandbox.posts import Post, reply_post

MOST_OPENINGS = 13  # four messages each stay below Mastodon's sixty descendants
SLOWEST_OPENING = 60 * HOUR
FIRST_REPLY_ORDINAL = 32  # ours and the public's ids share a space with posts: keep them apart


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message in a thread. `parent` is None when it hangs from the post itself."""

    message_id: str
    conversation_id: str
    parent: "Message | None"
    post: Post
    direction: str
    person: int
    created: int
    seen: int
    reply: Post | None


class _Thread:
    """Collects one post's messages."""

    def __init__(self, seed: int, post: Post, end: int | None) -> None:
        self.seed, self.post, self.end = seed, post, end
        self.messages: list[Message] = []

    def _id(self, at: int, person: int, parent: Message | None, number: int) -> str:
        account, ordinal = self.post.account, FIRST_REPLY_ORDINAL + len(self.messages)
        if account.platform == "youtube":
            if parent is None:
                return names.comment_id(self.post.post_id, number)
            return names.reply_id(parent.conversation_id, ordinal)
        if account.platform == "bluesky":
            rkey = names.tid(at, account.index, ordinal)
            return f"at://{names.person_did(person)}/app.bsky.feed.post/{rkey}"
        return names.snowflake(at, account.index, ordinal)

    def add(self, at: int, lag: float, person: int, parent: Message | None, number: int = 0) -> Message:
        """A message from the public."""
        account = self.post.account
        at = _as_told(account, at)
        seen = at + 900 + int(lag * 6000) if account.platform == "bluesky" else at
        message_id = self._id(at, person, parent, number)
        conversation = message_id if parent is None else parent.conversation_id
        made = Message(message_id, conversation, parent, self.post, "inbound", person, at, seen, None)
        self.messages.append(made)
        return made

    def answer(self, at: int, parent: Message) -> Message | None:
        """A message from the force, unless the account is gone by then."""
        account = self.post.account
        at = _as_told(account, at)
        if self.end is not None and at >= self.end:
            return None
        ordinal = FIRST_REPLY_ORDINAL + len(self.messages)
        reply = None
        message_id, seen = "", at
        if account.platform == "youtube":
            message_id = names.reply_id(parent.conversation_id, ordinal)
        else:
            reply = reply_post(account, archive_day(at), ordinal, at, self.seed)
            message_id, seen = reply.post_id, reply.seen
        made = Message(message_id, parent.conversation_id, parent, self.post, "outbound", -1, at, seen, reply)
        self.messages.append(made)
        return made


def _as_told(account: Account, at: int) -> int:
    return at // 1000 * 1000 if account.platform == "youtube" else at


def _asked_at(post: Post, u: float, v: float) -> int:
    at = post.seen + 45_000 + int(min(SLOWEST_OPENING, exponential(u, 6 * HOUR)))
    hour = (at + london_offset(at)) % DAY // HOUR
    if hour < 6 and v < 0.6:  # most people are asleep
        at += int((6.5 - hour + 2 * v) * HOUR)
    return at


def _converse(thread: _Thread, rules: Habits, number: int) -> None:
    post = thread.post
    u = uniforms(thread.seed, post.account.account_id, post.day, post.ordinal, "ask", number)
    person = int(u[0] * 900_000_000)
    opening = thread.add(_asked_at(post, u[1], u[2]), u[3], person, None, number)
    heard = opening
    if post.account.platform == "youtube" and u[12] < 0.08:  # a quarrel among the public
        for n in range(6 + int(u[13] * 4)):
            heard = thread.add(opening.seen + (n + 1) * 7 * MINUTE, u[3], person + n + 1, opening)
    if u[4] >= rules.answered_share:
        return
    at = answer_at(rules, opening.seen, (u[5], u[6], u[7]))
    ours = None if at is None else thread.answer(max(at, heard.seen + 30_000), opening)
    if ours is None or u[8] >= 0.34:
        return
    thanks = thread.add(ours.seen + (2 + int(u[9] * 110)) * MINUTE, u[10], person, ours)
    if u[11] < 0.25:
        again = answer_at(rules, thanks.seen, (u[14], u[15], u[6]))
        if again is not None:
            thread.answer(again, thanks)


def conversations(seed: int, post: Post, end: int | None) -> tuple[Message, ...]:
    """All that will ever be said beneath a post, in order of the server's clock."""
    account = post.account
    if post.kind != "post" or not post.comments_open:
        return ()
    rules = habits(seed, account.force_id, account.account_type)
    u = uniforms(seed, account.account_id, post.day, post.ordinal, "thread")
    if u[0] >= rules.replied_share:
        return ()
    thread = _Thread(seed, post, end)
    for number in range(1 + poisson(u[1], rules.openings, MOST_OPENINGS - 1)):
        _converse(thread, rules, number)
    return tuple(sorted(thread.messages, key=lambda m: (m.seen, m.message_id)))
