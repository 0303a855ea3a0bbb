"""What happens to the nation between 2026-10-05 and 2026-11-09, on fixed dates.

Here: the dates, the accounts they happen to, and the exact totals that tests rely on.
Not here: how ordinary accounts behave (habits.py, posts.py).
"""

from sandbox.clock import ms

# A dam is in danger: 147 posts, shared 21,000 times. The force's ordinary posts pause, so that the
# three days hold exactly these.
DAM_FORCE = "derbyshire"
DAM_POSTS = 147
DAM_SHARES = 21_000
DAM_START = ms("2026-10-28T00:00:00Z")
DAM_FIRST_POST = ms("2026-10-28T09:05:00Z")
DAM_LAST_POST = ms("2026-10-30T22:55:00Z")
DAM_END = ms("2026-10-31T00:00:00Z")
DAM_FOLLOWER_GAIN = 0.25

# One force closes its neighbourhood accounts into the corporate one.
MERGE_FORCE = "gwent"
MERGE_DATE = "2026-11-02"
MERGE_AT = ms("2026-11-02T00:00:00Z")
MERGE_CARRIED_OVER = 0.4
MERGE_LEFT_BEHIND = 0.35

# Refused from this moment, and declared by nobody.
REFUSED_AT = ms("2026-10-30T00:00:00Z")
TAKEN_DOWN = "bluesky:kent-north"
SUSPENDED = "mastodon:lancashire-north"

# The handle changes, the DID does not; the register keeps the old handle.
RENAMED = "bluesky:west-yorkshire-north"
RENAMED_AT = ms("2026-11-01T00:00:00Z")

# Disorder: followers at the end of each day from the 17th to the 21st of October.
SURGE_START = ms("2026-10-17T00:00:00Z")
SURGES: dict[str, tuple[int, ...]] = {
    "bluesky:cleveland": (4_500, 11_200, 27_600, 36_900, 40_800, 42_000),
    "bluesky:cleveland-north": (3_000, 5_300, 10_400, 14_700, 16_400, 17_000),
}

HIDDEN_SUBSCRIBERS = "youtube:dyfed-powys"

# Dormant accounts have been silent for at least forty days on 2026-10-05.
DORMANT_SHARE = 0.10  # of accounts that are not corporate: about 8% of all
DORMANT_FROM = ms("2026-06-08T00:00:00Z")
DORMANT_UNTIL = ms("2026-08-25T00:00:00Z")
NEVER_DORMANT_FORCES = frozenset({DAM_FORCE, MERGE_FORCE})

WITHOUT_YOUTUBE = frozenset({"civil-nuclear", "mod-police", "city-of-london"})
WITHOUT_BLUESKY = frozenset({"civil-nuclear", "mod-police"})
WITHOUT_MASTODON = frozenset(
    {
        "civil-nuclear",
        "mod-police",
        "bedfordshire",
        "city-of-london",
        "hertfordshire",
        "northamptonshire",
        "wiltshire",
        "durham",
    }
)
STORY_ACCOUNTS = frozenset({TAKEN_DOWN, SUSPENDED, RENAMED, HIDDEN_SUBSCRIBERS, *SURGES})
