"""Conversations beneath a post: the public asks, a force may answer, the person may thank it.

Here: who says what to whom, and when. Whatever makes a wait hard to tell happens now and then: two people
in one thread, a second question days later, thanks days later, a machine's acknowledgement, another account
of the force, and a force that goes on beneath its own post.
Not here: how a platform shows it (the routers).
"""

from dataclasses import dataclass

from sandbox import names
from sandbox.audience import ends_at
from sandbox.clock import DAY, HOUR, MINUTE, archive_day, london_offset
from sandbox.dice import exponential, poisson, uniforms
from sandbox.habits import Habits, answer_at, habits
from sandbox.nation import Account, colleagues
from sandbox.posts import Post, reply_post

MOST_OPENINGS = 13
MOST_MESSAGES = 48  # and the last opening's ten stay below Mastodon's sixty descendants
OWN_COMMENT = 63  # the number of YouTube's thread that the channel begins itself
SLOWEST_OPENING = 60 * HOUR
FIRST_REPLY_ORDINAL = 32  # ours and the public's ids share a space with posts: keep them apart


#: What is said, each with a sign that must never land.
ASKED, TOLD, THANKED = "Is anybody looking into this …?", "My bicycle is gone …", "Thank you …"
ACKNOWLEDGED = "Thank you for your message … In an emergency always call 999."


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message in a thread. `parent` is None when it hangs from the post itself; `author` is the account
    of the force that wrote it, None for the public."""

    message_id: str
    conversation_id: str
    parent: "Message | None"
    post: Post
    direction: str
    person: int
    created: int
    seen: int
    reply: Post | None
    author: Account | None
    text: str

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it."""
        return self.text == ACKNOWLEDGED


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

    def add(
        self, at: int, lag: float, person: int, parent: Message | None, number: int = 0, text: str = ASKED
    ) -> Message:
        """A message from the public."""
        account = self.post.account
        at = _as_told(account, at)
        seen = at + 900 + int(lag * 6000) if account.platform == "bluesky" else at
        message_id = self._id(at, person, parent, number)
        conversation = message_id if parent is None else parent.conversation_id
        made = Message(
            message_id, conversation, parent, self.post, "inbound", person, at, seen, None, None, text
        )
        self.messages.append(made)
        return made

    def answer(
        self, at: int, parent: Message | None, author: Account | None = None, text: str = ""
    ) -> Message | None:
        """A message from the force, of the post's own account unless `author` is another; None when that
        account is gone by then."""
        account = author or self.post.account
        at = _as_told(account, at)
        end = self.end if author is None else ends_at(author)
        if end is not None and at >= end:
            return None
        ordinal = FIRST_REPLY_ORDINAL + len(self.messages)
        reply, seen = None, at
        if account.platform == "youtube":
            top = names.comment_id(self.post.post_id, OWN_COMMENT)
            message_id = top if parent is None else names.reply_id(parent.conversation_id, ordinal)
        else:
            reply = reply_post(account, archive_day(at), ordinal, at, self.seed)
            message_id, seen = reply.post_id, reply.seen
        conversation = message_id if parent is None else parent.conversation_id
        said = text or f"We have passed this on, reference {at % 1_000_000} …"
        made = Message(
            message_id, conversation, parent, self.post, "outbound", -1, at, seen, reply, account, said
        )
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


def _converse(thread: _Thread, rules: Habits, number: int, beneath: Message | None) -> None:
    post = thread.post
    u = uniforms(thread.seed, post.account.account_id, post.day, post.ordinal, "ask", number)
    v = uniforms(thread.seed, post.account.account_id, post.day, post.ordinal, "turns", number)
    person = int(u[0] * 900_000_000)
    told = TOLD if v[0] < 0.2 else ASKED
    opening = thread.add(_asked_at(post, u[1], u[2]), u[3], person, beneath, number, told)
    heard = opening
    if rules.acknowledges and post.account.account_type == "contact_centre":
        thread.answer(opening.seen + 2_000 + int(v[1] * 30_000), opening, text=ACKNOWLEDGED)
    if v[2] < 0.06:
        _colleague(thread, opening, is_answer=v[2] < 0.03)
    if post.account.platform == "youtube" and u[12] < 0.08:  # a quarrel among the public
        for n in range(6 + int(u[13] * 4)):
            heard = thread.add(opening.seen + (n + 1) * 7 * MINUTE, u[3], person + n + 1, opening)
    if v[3] < 0.15:
        asked = thread.add(opening.seen + (20 + int(v[4] * 400)) * MINUTE, u[3], person + 500, opening)
        _answer(thread, rules, asked, v[5] / rules.answered_share, (v[6], v[7], v[8]))
    if u[4] >= rules.answered_share:
        return
    at = answer_at(rules, opening.seen, (u[5], u[6], u[7]))
    ours = None if at is None else thread.answer(max(at, heard.seen + 30_000), opening)
    if ours is None:
        return
    if u[8] < 0.34:
        thanks = thread.add(ours.seen + (2 + int(u[9] * 110)) * MINUTE, u[10], person, ours, text=THANKED)
        if u[11] < 0.25:
            again = answer_at(rules, thanks.seen, (u[14], u[15], u[6]))
            if again is not None:
                thread.answer(again, thanks)
    elif v[9] < 0.2:  # days later, and only half of them ask
        at = ours.seen + 26 * HOUR + int(v[10] * 40 * HOUR)
        later = thread.add(at, u[10], person, ours, text=THANKED if v[9] < 0.1 else ASKED)
        if v[9] >= 0.1:
            _answer(thread, rules, later, v[11] / rules.answered_share, (v[12], v[13], v[14]))


def _answer(
    thread: _Thread, rules: Habits, asked: Message, chance: float, u: tuple[float, float, float]
) -> None:
    """To exactly this message, if the force answers it at all."""
    at = answer_at(rules, asked.seen, u)
    if at is not None and chance < 1:
        thread.answer(at, asked)


def _colleague(thread: _Thread, opening: Message, *, is_answer: bool) -> None:
    """Another account of the force answers, or remarks on the post without answering anybody."""
    others = colleagues(thread.seed, thread.post.account)
    if others:
        other = others[opening.person % len(others)]
        at = opening.seen + (3 + opening.person % 90) * MINUTE
        thread.answer(at, opening if is_answer else None, other)


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
    ours = thread.answer(post.seen + MINUTE, None) if u[2] < 0.1 else None
    for number in range(1 + poisson(u[1], rules.openings, MOST_OPENINGS - 1)):
        if len(thread.messages) < MOST_MESSAGES:
            _converse(thread, rules, number, ours if ours and number % 2 else None)
    return tuple(sorted(thread.messages, key=lambda m: (m.seen, m.message_id)))
