"""What posts are for, and what they say: invented texts, the purposes mixed by force and kind of account.

Here: the purpose that was meant, and a text for it, some of them hard to tell. Not here: how a purpose is
told from a text, which is the pipeline's.
"""

from functools import lru_cache

from sandbox.dice import uniforms
from sandbox.posts import DAM_ORDINAL, Post

#: Of a hundred posts, by kind of account; the others are as a neighbourhood's.
_MIX = {
    "corporate": {"appeal": 24, "missing_person": 12, "warning": 8, "prevention": 14, "recruitment": 7}
    | {"community": 11, "outcome": 16, "other": 8},
    "contact_centre": {"warning": 30, "prevention": 45, "other": 25},
    "specialist": {"appeal": 14, "warning": 22, "prevention": 18, "community": 8, "outcome": 28, "other": 10},
    "neighbourhood": {
        "appeal": 11,
        "warning": 5,
        "prevention": 24,
        "community": 42,
        "outcome": 10,
        "other": 8,
    },
}
_PLACES = (
    "Harwood",
    "Mill Lane",
    "Eastfield",
    "the market square",
    "Riverside",
    "Nether End",
    "Bridge Street",
)
TEXTS = {
    "appeal": (
        "We are appealing for witnesses after a robbery in {place}. Call 101 quoting {number}.",
        "Do you recognise this man? We would like to speak to him about a theft in {place}.",
        "CCTV images released after a burglary in {place}.",
        "Apel am dystion yn dilyn gwrthdrawiad. Ffoniwch 101, {number}.",
        "A church roof in {place} has gone in the night. Offered cheap lead, anybody?",
    ),
    "missing_person": (
        "MISSING: can you help us find a 15-year-old boy last seen in {place}? Log {number}.",
        "We are concerned for the welfare of a woman who is missing from {place}.",
        "Mae dyn 67 oed ar goll o'i gartref. Cyfeirnod {number}.",
        "He is 82, likes trains and has not come back to {place}. Please look in your sheds.",
    ),
    "warning": (
        "The road at {place} is closed in both directions. Please avoid the area.",
        "Flood warning for {place}. Move valuables upstairs.",
        "Callers in {place} are pretending to be police officers. It is a scam.",
        "Cows on the loose near {place}. Mind how you go.",
    ),
    "prevention": (
        "Lock your shed and mark your tools. More tips on our website.",
        "Never share your PIN. The police will not ask for it.",
        "Drink driving ruins lives. None for the road.",
        "A lamp in the hall makes it look as if somebody is in.",
    ),
    "recruitment": (
        "We are recruiting. Applications for police constable open on Monday.",
        "Could you be a call handler? Apply now.",
        "A uniform, a notebook and no two shifts alike: is it yours?",
    ),
    "community": (
        "On foot patrol in {place} this evening.",
        "Come and meet your local team in {place} on Saturday.",
        "Diolch i bawb a ddaeth i'n stondin.",
        "Thank you to all who came to {place} today.",
    ),
    "outcome": (
        "Two arrested and a car seized in {place}.",
        "A burglar of {place} has been jailed for four years.",
        "UPDATE: the boy missing from {place} has been found safe and well.",
        "Three lads, one wheelie bin, no way out of {place}.",
    ),
    "other": (
        "PD Rex has opinions about Mondays.",
        "Missing: one sense of humour, last seen at the start of the night shift.",
        "Our lines are back to normal. Sorry for the wait.",
        "The annual report is out.",
    ),
}
_DAM = "Emergency at the dam: evacuation under way below it. If you live in the marked streets, leave now."


@lru_cache(maxsize=512)
def _mix(force_id: str, account_type: str) -> tuple[tuple[str, float], ...]:
    """Each purpose with the share of posts up to it: no two forces are alike."""
    weights = _MIX.get(account_type, _MIX["neighbourhood"])
    drawn = dict(zip(TEXTS, uniforms("purposes", force_id), strict=False))
    leaning = {purpose: weight * (0.6 + 0.8 * drawn[purpose]) for purpose, weight in weights.items()}
    total, so_far, found = sum(leaning.values()), 0.0, []
    for purpose, weight in leaning.items():
        so_far += weight / total
        found.append((purpose, so_far))
    return tuple(found)


def said(post: Post) -> tuple[str, str]:
    """What a post of the account's own is for, and its text. The last text of each purpose is one that rules
    are not expected to tell."""
    if post.ordinal >= DAM_ORDINAL:
        return "warning", _DAM
    u = uniforms("said", post.account.account_id, post.day, post.ordinal)
    mix = _mix(post.account.force_id, post.account.account_type)
    purpose = next((purpose for purpose, up_to in mix if u[0] <= up_to), mix[-1][0])
    texts = TEXTS[purpose]
    number = f"{1000 + int(u[2] * 9000)}"
    return purpose, texts[int(u[1] * len(texts))].format(
        place=_PLACES[int(u[3] * len(_PLACES))], number=number
    )
