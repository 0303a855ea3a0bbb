"""Exports in the shapes that forces' tools write, made from known posts, messages and figures.

Here: the headers (those that the mappings cite) and how each tool writes a cell. Not here: what is
expected of the reader. Every column about people holds a planted text to look for afterwards.
"""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import xlwt
from openpyxl import Workbook

LONDON = ZoneInfo("Europe/London")
PERIOD = (dt.date(2026, 5, 1), dt.date(2026, 5, 31))
EXPORTED = dt.datetime(2026, 6, 8, 8, 15)  # noqa: DTZ001  (naive, in UTC)
COUNTERS = [f"{name}_count" for name in "view impression reach like share quote comment click".split()]
#: The forces' accounts: platform, handle, the platform's own id.
ACCOUNTS = {
    ("facebook", "kentpolice", "100064556789012"): "facebook:kentpolice",
    ("instagram", "kentpoliceuk", "17841400000000001"): "instagram:kentpoliceuk",
    ("x", "kent_police", ""): "x:kent_police",
    ("linkedin", "kent-police", ""): "linkedin:kent-police",
    ("tiktok", "kentpolice", ""): "tiktok:kentpolice",
    ("youtube", "kentpolicetv", ""): "youtube:kentpolicetv",
}


@dataclass
class Export:
    """A file and the truth of it. `rows`: what must be read, by column; `said`: what the sender says."""

    name: str
    file: str
    data: bytes
    kind: str
    rows: list[dict[str, Any]]
    planted: list[str]
    dropped: set[str]
    said: dict[str, Any] = field(default_factory=dict)


class Planter:
    """Texts about people that must be found nowhere afterwards."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, begin: str = "") -> str:
        self.texts.append(
            f"Jane Citizen {len(self.texts)} zyzzyva, of 4 Mill Lane; 07700 900{len(self.texts):03d}"
        )
        return begin + self.texts[-1]


Post = dict[str, Any]  # created (naive UTC), n, kind, and counters
Rows = Sequence[Post]


def an_hour(day: int, hour: int, minute: int = 7) -> dt.datetime:
    return dt.datetime(2026, 5, day, hour, minute)  # noqa: DTZ001


POSTS: list[Post] = [
    {
        "n": n,
        "created": an_hour(1 + 2 * n, 6 + n, 11 * n % 60),
        "kind": "reply" if n % 5 == 4 else "post",
        **{name: (n + 1) * (place + 3) * 7 for place, name in enumerate(COUNTERS)},
    }
    for n in range(12)
]


def local(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC).astimezone(LONDON).replace(tzinfo=None)


def ms(moment: dt.datetime) -> int:
    return int(moment.replace(tzinfo=dt.UTC).timestamp() * 1000)


def as_csv(
    rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8-sig", delimiter: str = ",", above: str = ""
) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return (above + out.getvalue()).encode(encoding)


def as_xlsx(**sheets: Iterable[Sequence[Any]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_xls(**sheets: Iterable[Sequence[Any]]) -> bytes:
    book = xlwt.Workbook()
    for title, rows in sheets.items():
        sheet = book.add_sheet(title.replace("_", " "))
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if value is not None:
                    sheet.write(line, place, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_zip(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", " ") + ".csv", data)
    return out.getvalue()


Cell = Callable[[Post], Any]


def table(header: dict[str, Cell | None], posts: Rows) -> list[list[Any]]:
    """A header and its rows; a column without a way to fill it is empty."""
    return [
        list(header),
        *([None if way is None else way(post) for way in header.values()] for post in posts),
    ]


def counted(name: str) -> Cell:
    return lambda post: post[name]


def truth(
    posts: Rows, platform: str, post_id: Cell, counters: Sequence[str], **over: Any
) -> list[dict[str, Any]]:
    account = next(own for key, own in ACCOUNTS.items() if key[0] == platform)
    rows = []
    for post in posts:
        row = {
            "platform": platform,
            "account_id": account,
            "force_id": "kent",
            "post_id": str(post_id(post)),
            "created_at_utc": post["created"],
            "observed_at_utc": EXPORTED,
            "kind": "post",
            **{name: post[name] if name in counters else None for name in COUNTERS},
        }
        rows.append(row | {key: way(post) for key, way in over.items()})
    return rows


SAID = {"period_from": "2026-05-01", "period_to": "2026-05-31", "exported_at": "2026-06-08T08:15:00Z"}
SAID_EXPORT = {"exported_at": "2026-06-08T08:15:00Z"}
META_NAME = "May-01-2026_May-31-2026_1444967610559863.csv"


def facebook(posts: Rows, version: int, page: tuple[str, str] = ("kentpolice", "100064556789012")) -> Export:
    """`page`: its name in links, and its id."""
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Post ID": lambda p: p.get("post_id", f"12215812345678{p['n']:04d}"),
        "Page ID": lambda _: page[1],
        "Page name": lambda _: plant(),
        "Title": lambda _: plant(),
        "Description": lambda _: plant('Appeal, "please" help;\n'),
        "Duration (sec)": lambda _: 0,
        "Publish time": lambda p: f"{local(p['created']):%m/%d/%Y %H:%M}",
        "Caption type": lambda _: None,
        "Permalink": lambda p: (
            f"https://www.facebook.com/{page[0]}/posts/pfbid0{p['n']}"
            if p["n"] % 3 == 0
            else f"https://www.facebook.com/reel/88{p['n']}"
        ),
        "Is crosspost": lambda _: 0,
        "Is share": lambda _: 0,
        "Post type": lambda _: "Photos",
        "Languages": None,
        "Custom labels": lambda _: plant(),
        "Funded content status": None,
        "Data comment": None,
        "Date": lambda _: "Lifetime",
        "Views": counted("view_count"),
        "Reach": counted("reach_count"),
        "Reactions, Comments and Shares": lambda _: 99,
        "Reactions": counted("like_count"),
        "Comments": counted("comment_count"),
        "Shares": counted("share_count"),
        "Total clicks": counted("click_count"),
        "Other Clicks": lambda _: 1,
        "Matched Audience Targeting Consumption (Photo Click)": lambda _: 2,
        "Link Clicks": lambda _: 3,
        "Negative feedback from users: Hide all": None,
        "Seconds viewed": None,
    }
    counters = ["view_count", "reach_count", "like_count", "comment_count", "share_count", "click_count"]
    said, file = SAID_EXPORT, META_NAME
    if version == 2:  # columns of an earlier year, no Views; the name says nothing
        for gone in ("Views", "Is crosspost", "Is share", "Languages", "Date", "Custom labels"):
            del made[gone]
        made |= {"Impressions": counted("impression_count"), "3-second video views": lambda _: 4}
        counters = ["impression_count", *counters[1:]]
        said, file = SAID, "export.csv"
    rows = table(made, posts)
    data = as_csv(rows)
    if version == 3:  # a column that nobody has seen yet, UTF-16, and a line that Excel understands
        rows = [[*row, "Glow" if line == 0 else line] for line, row in enumerate(rows)]
        data = as_csv(rows, encoding="utf-16", above="sep=,\r\n")
    if version == 4:  # saved as a workbook
        data, file, said = as_xlsx(export=rows), "export.xlsx", SAID
    dropped = {"Page name", "Title", "Description", "Custom labels"} & set(made)
    post_id = made["Post ID"]
    assert post_id is not None
    expected = truth(posts, "facebook", post_id, counters)
    return Export(f"facebook {version}", file, data, "posts", expected, plant.texts, dropped, dict(said))


def instagram(posts: Rows, version: int) -> Export:
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Post ID": lambda p: f"1802580011223{p['n']:04d}",
        "Account ID": lambda _: "17841400000000001",
        "Account username": lambda _: "kentpoliceuk",
        "Account name": lambda _: plant(),
        "Description": lambda _: plant(),
        "Duration (sec)": lambda _: 31,
        "Publish time": lambda p: f"{local(p['created']):%m/%d/%Y %H:%M}",
        "Permalink": lambda p: f"https://www.instagram.com/reel/DA{p['n']}/",
        "Post type": lambda _: "IG reel",
        "Data comment": None,
        "Date": lambda _: "Lifetime",
        "Views": lambda p: f"{p['view_count']:,}",
        "Likes": counted("like_count"),
        "Shares": counted("share_count"),
        "Comments": counted("comment_count"),
        "Saves": lambda _: 4,
        "Reach": counted("reach_count"),
        "Follows": lambda _: 1,
    }
    counters = ["view_count", "like_count", "share_count", "comment_count", "reach_count"]
    if version == 2:
        del made["Views"], made["Data comment"]
        made["Impressions"] = counted("impression_count")
        counters[0] = "impression_count"
    rows = table(made, posts)
    data = as_csv(rows, delimiter=";") if version == 3 else as_csv(rows)
    post_id = made["Post ID"]
    assert post_id is not None
    expected = truth(posts, "instagram", post_id, counters)
    dropped = {"Account name", "Description"}
    return Export(
        f"instagram {version}", META_NAME, data, "posts", expected, plant.texts, dropped, dict(SAID_EXPORT)
    )


def x_id(post: Post) -> int:
    return (ms(post["created"]) - 1_288_834_974_657) << 22 | 4096 + post["n"]


def x_posts(posts: Rows, version: int, handle: str = "kent_police") -> Export:
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Post id": x_id,
        "Date": lambda p: f"{p['created']:%a, %b %d, %Y}",
        "Post text": lambda p: plant("@someone " if p["kind"] == "reply" else "Have you seen "),
        "Post Link": lambda p: f"https://x.com/{handle}/status/{x_id(p)}",
        "Impressions": counted("impression_count"),
        "Likes": counted("like_count"),
        "Engagements": lambda _: 9,
        "Bookmarks": lambda _: 8,
        "Shares": lambda _: 12345,
        "New follows": lambda _: 0,
        "Replies": counted("comment_count"),
        "Reposts": counted("share_count"),
        "Profile visits": lambda _: 2,
        "Detail Expands": lambda _: 3,
        "URL Clicks": counted("click_count"),
        "Hashtag Clicks": lambda _: 0,
        "Permalink Clicks": lambda _: 0,
    }
    counters = ["impression_count", "like_count", "comment_count", "share_count", "click_count"]
    if version == 2:
        for gone in ("Bookmarks", "URL Clicks", "Hashtag Clicks", "Permalink Clicks", "Detail Expands"):
            del made[gone]
        counters.remove("click_count")
    file = "account_analytics_content_2026-05-01_2026-05-31.csv"
    data = as_csv(table(made, posts), encoding="utf-8")
    expected = truth(posts, "x", x_id, counters, kind=lambda p: p["kind"])
    return Export(
        f"x posts {version}", file, data, "posts", expected, plant.texts, {"Post text"}, dict(SAID_EXPORT)
    )


def tweets(posts: Rows, version: int = 1) -> Export:
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Tweet id": x_id,
        "Tweet permalink": lambda p: f"https://twitter.com/kent_police/status/{x_id(p)}",
        "Tweet text": lambda p: plant("@someone " if p["kind"] == "reply" else "Seen? "),
        "time": lambda p: f"{p['created']:%Y-%m-%d %H:%M} +0000",
        "impressions": lambda p: f"{p['impression_count']}.0",
        "engagements": lambda _: "4.0",
        "engagement rate": lambda _: "0.0123",
        "retweets": lambda p: f"{p['share_count']}.0",
        "replies": lambda p: f"{p['comment_count']}.0",
        "likes" if version == 1 else "favorites": lambda p: f"{p['like_count']}.0",
        "user profile clicks": lambda _: "1.0",
        "url clicks": lambda p: f"{p['click_count']}.0",
        "promoted impressions": lambda _: "-",
        "promoted retweets": lambda _: "-",
    }
    counters = ["impression_count", "like_count", "comment_count", "share_count", "click_count"]
    expected = truth(posts, "x", x_id, counters, kind=lambda p: p["kind"])
    data = as_csv(table(made, posts), encoding="utf-8")
    return Export(
        f"tweets {version}", "tweets.csv", data, "posts", expected, plant.texts, {"Tweet text"}, dict(SAID)
    )


def linkedin_id(post: Post) -> int:
    return ms(post["created"]) << 22 | 77 + post["n"]


def linkedin(posts: Rows, version: int) -> Export:
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Post title": lambda _: plant(),
        "Post link": lambda p: (
            f"https://www.linkedin.com/feed/update/urn:li:{'share' if p['n'] % 2 else 'activity'}:"
            f"{linkedin_id(p)}"
        ),
        "Post type": lambda _: "Organic",
        "Campaign name": None,
        "Posted by": lambda _: plant(),
        "Created date": lambda p: f"{p['created']:%m/%d/%Y}",
        "Campaign start date": None,
        "Campaign end date": None,
        "Audience": lambda _: "All followers",
        "Impressions": counted("impression_count"),
        "Views": counted("view_count"),
        "Offsite Views": lambda _: 0,
        "Clicks": counted("click_count"),
        "Click through rate (CTR)": lambda _: 0.05,
        "Likes": counted("like_count"),
        "Comments": counted("comment_count"),
        "Reposts": counted("share_count"),
        "Follows": lambda _: 0,
        "Engagement rate": lambda _: 0.1,
        "Content Type": lambda _: "Video",
    }
    counters = ["impression_count", "view_count", "click_count", "like_count", "comment_count", "share_count"]
    if version == 3:
        made["Views (Excluding offsite video views)"] = made.pop("Views")
        del made["Follows"], made["Content Type"]
    rows = table(made, posts)
    note = [["The posts of your page in the range that you chose; engagement may lag"]]
    metrics = [["Metrics by day"], ["Date", "Impressions (organic)", "Clicks (total)"], ["05/01/2026", 4, 5]]
    write = as_xls if version != 2 else as_xlsx
    data = write(Metrics=metrics, All_posts=[*note, *rows])
    file = f"kent-police_content_{ms(EXPORTED)}.{'xls' if version != 2 else 'xlsx'}"
    said = {"force": "kent", "period_from": "2026-05-01", "period_to": "2026-05-31"}
    expected = truth(posts, "linkedin", linkedin_id, counters)
    dropped = {"Post title", "Posted by"}
    return Export(f"linkedin {version}", file, data, "posts", expected, plant.texts, dropped, said)


def tiktok_id(post: Post) -> int:
    return ms(post["created"]) // 1000 << 32 | 9_000_000 + post["n"]


def tiktok(posts: Rows, version: int) -> Export:
    plant = Planter()
    posts = [post | {"created": post["created"].replace(microsecond=0)} for post in posts]
    totals = "Total " if version != 3 else ""
    made: dict[str, Cell | None] = {
        "Time": lambda _: "June 8",
        "Video title": lambda _: plant(),
        "Video link": lambda p: f"https://www.tiktok.com/@kentpolice/video/{tiktok_id(p)}",
        "Post time": lambda p: f"{p['created']:%B} {p['created'].day}",
        f"{totals.strip() or 'Total'} likes" if totals else "Likes": counted("like_count"),
        "Total comments" if totals else "Comments": counted("comment_count"),
        "Total shares" if totals else "Shares": counted("share_count"),
        "Total views": counted("view_count"),
    }
    if version == 2:
        made["Average watch time"] = lambda _: "0:12"
        made["Views in the last 7 days"] = lambda _: 5
    rows = table(made, posts)
    data = as_csv(rows, encoding="utf-8")
    file = "Content.csv"
    if version == 1:
        data, file = as_zip(Content=data), "Content_kentpolice.zip"
    counters = ["like_count", "comment_count", "share_count", "view_count"]
    expected = truth(posts, "tiktok", tiktok_id, counters)
    return Export(
        f"tiktok {version}", file, data, "posts", expected, plant.texts, {"Video title"}, dict(SAID)
    )


def youtube(posts: Rows, version: int) -> Export:
    plant = Planter()
    first = "Content" if version != 2 else "Video"
    made: dict[str, Cell | None] = {
        first: lambda p: f"{'-' if p['n'] % 2 else 'a'}BcDeFgH{p['n']:03d}",
        "Video title": lambda _: plant(),
        "Video publish time": lambda p: f"{local(p['created']):%b} {local(p['created']).day}, 2026",
        "Duration": lambda _: 61,
        "Views": counted("view_count"),
        "Watch time (hours)": lambda _: 1.25,
        "Subscribers": lambda _: 3,
        "Likes": counted("like_count"),
        "Comments added": counted("comment_count"),
        "Shares": counted("share_count"),
        "Impressions": counted("impression_count"),
        "Impressions click-through rate (%)": lambda _: 4.5,
    }
    rows = table(made, posts)
    total: list[Any] = ["Total", None, None, None, 999, 9.5, 3, 1, 1, 1, 1, 4.5]
    rows.insert(1, total)
    data, file = as_csv(rows, encoding="utf-8"), "Table data.csv"
    if version == 3:
        chart = as_csv(
            [
                ["Date", first, "Video title", "Video publish time", "Views"],
                ["2026-05-01", "x", "t", "May 1, 2026", 1],
            ]
        )
        totals = as_csv([["Date", "Views"], ["2026-05-01", 5]])
        data, file = as_zip(Table_data=data, Chart_data=chart, Totals=totals), "Content 2026-05-01.zip"
    counters = ["view_count", "like_count", "comment_count", "share_count", "impression_count"]
    post_id = made[first]
    assert post_id is not None

    def noon(post: Post) -> dt.datetime:
        day = local(post["created"]).date()
        return dt.datetime(day.year, day.month, day.day, 11)  # noqa: DTZ001  (noon of summer time)

    expected = truth(posts, "youtube", post_id, counters, created_at_utc=noon)
    said = {**SAID, "accounts": ("youtube:kentpolicetv",)}
    return Export(f"youtube {version}", file, data, "posts", expected, plant.texts, {"Video title"}, said)


def hootsuite(posts: Rows, version: int) -> Export:
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Date (GMT)": lambda p: f"{p['created']:%Y-%m-%d %H:%M}",
        "Post ID": lambda p: f"100064556789012_99{p['n']}",
        "Post Message": lambda _: plant(),
        "Post Permalink": lambda p: f"https://facebook.com/100064556789012_99{p['n']}",
        "Post Type": lambda _: "Photo",
        "Social Network": lambda _: "Facebook",
        "Impressions": lambda p: f"{p['impression_count']:,}",
        "Reach": counted("reach_count"),
        "Engagement": lambda _: 85,
        "Likes": counted("like_count"),
        "Comments": counted("comment_count"),
        "Shares": counted("share_count"),
        "Post Link Clicks": counted("click_count"),
        "Video Views": None,
    }
    if version == 2:
        made["Author"] = lambda _: plant()
    rows = table(made, posts)
    other = [
        "2026-05-02 09:00",
        "9",
        plant(),
        "https://www.pinterest.com/pin/9",
        "Pin",
        "Pinterest",
        *[1] * 8,
    ]
    rows.insert(2, other + [plant()] * (len(rows[0]) - len(other)))
    above = 'Post performance,,,\r\n"May 1, 2026 - May 31, 2026",,,\r\n'
    counters = [
        "impression_count",
        "reach_count",
        "like_count",
        "comment_count",
        "share_count",
        "click_count",
    ]
    post_id = made["Post ID"]
    assert post_id is not None
    expected = truth(posts, "facebook", post_id, counters)
    dropped = {"Post Message", "Author"} & set(made)
    data = as_csv(rows, above=above)
    return Export(
        f"hootsuite {version}", "posts.csv", data, "posts", expected, plant.texts, dropped, dict(SAID_EXPORT)
    )


def sprout(posts: Rows, version: int) -> Export:
    plant = Planter()
    made: dict[str, Cell | None] = {
        "Date": lambda p: f"{local(p['created']):%m/%d/%Y %I:%M %p}".lower(),
        "Post ID": lambda p: f"1789000000000{p['n']:04d}",
        "Network": lambda _: "Instagram",
        "Post Type": lambda _: "Post",
        "Content Type": lambda _: "Reel",
        "Profile": lambda _: "@kentpoliceuk",
        "Sent by": lambda _: plant(),
        "Link": lambda p: f"https://www.instagram.com/reel/xy{p['n']}/",
        "Post": lambda _: plant(),
        "Linked Content": lambda _: plant(),
        "Impressions": counted("impression_count"),
        "Organic Impressions": lambda _: 1,
        "Reach": counted("reach_count"),
        "Engagement Rate (per Impression)": lambda _: "6.5%",
        "Engagements": lambda _: 130,
        "Reactions": counted("like_count"),
        "Likes": lambda _: 1,
        "Love Reactions": None,
        "Comments": counted("comment_count"),
        "Shares": counted("share_count"),
        "Saves": lambda _: 5,
        "Post Link Clicks": counted("click_count"),
        "Other Post Clicks": None,
        "Post Clicks (All)": None,
        "Video Views": counted("view_count"),
        "Organic Video Views": None,
    }
    if version == 2:
        del made["Organic Impressions"], made["Linked Content"], made["Love Reactions"]
    rows = table(made, posts)
    counters = [name for name in COUNTERS if name != "quote_count"]
    post_id = made["Post ID"]
    assert post_id is not None
    expected = truth(posts, "instagram", post_id, counters)
    dropped = {"Sent by", "Post", "Linked Content"} & set(made)
    data = as_csv(rows)
    return Export(
        f"sprout {version}", "Post Performance.csv", data, "posts", expected, plant.texts, dropped, dict(SAID)
    )


def figures(
    rows: list[tuple[str, str, dict[str, float]]], tool: str, account: str, units: dict[str, str]
) -> list[dict[str, Any]]:
    return [
        {
            "platform": account.split(":", maxsplit=1)[0],
            "account_id": account,
            "force_id": "kent",
            "tool": tool,
            "figure": figure,
            "from_date": dt.date.fromisoformat(day),
            "to_date": dt.date.fromisoformat(last),
            "value": float(value),
            "unit": units.get(figure, "count"),
        }
        for day, last, values in rows
        for figure, value in values.items()
    ]


def x_days(posts: Rows, version: int) -> Export:
    header = (
        "Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts".split(",")
    )
    header += ["Profile visits", "Create Post", "Video views", "Media views"]
    if version == 2:  # an older order, without two
        header = [
            "Date",
            "Impressions",
            "Engagements",
            "Likes",
            "Replies",
            "Reposts",
            "New follows",
            "Unfollows",
        ]
    names = {"Create Post": "posts_made", "Shares": "link_shares"}
    rows: list[list[Any]] = [header]
    known = []
    for n, _ in enumerate(posts):
        day = dt.date(2026, 5, 1 + n)
        values = [(n + 1) * place for place in range(1, len(header))]
        rows.append([f"{day:%a, %b %d, %Y}", *values])
        own = {
            names.get(head, head.lower().replace(" ", "_")): v
            for head, v in zip(header[1:], values, strict=True)
        }
        known.append((str(day), str(day), own))
    said = {**SAID, "accounts": ("x:kent_police",)}
    expected = figures(known, "x_analytics", "x:kent_police", {})
    data = as_csv(rows, encoding="utf-8")
    return Export(
        f"x days {version}", "account_overview_analytics.csv", data, "tool_figures", expected, [], set(), said
    )


def linkedin_followers(posts: Rows, version: int) -> Export:
    header = ["Date", "Sponsored followers", "Organic followers", "Auto-invited followers", "Total followers"]
    own = ["new_sponsored_followers", "new_organic_followers", "new_invited_followers", "new_followers"]
    if version == 2:
        del header[3], own[2]
    rows: list[list[Any]] = [header]
    known = []
    for n, _ in enumerate(posts):
        values = [(n + 2) * place for place in range(1, len(header))]
        rows.append([f"05/{n + 1:02d}/2026", *values])
        known.append((f"2026-05-{n + 1:02d}",) * 2 + (dict(zip(own, values, strict=True)),))
    where = [["Location", "Total followers"], ["Maidstone, England", 812]]
    write = as_xls if version == 1 else as_xlsx
    data = write(
        New_followers=rows, Location=where, Seniority=[["Seniority", "Total followers"], ["Senior", 3]]
    )
    file = f"kent-police_followers_{ms(EXPORTED)}.{'xls' if version == 1 else 'xlsx'}"
    said = {"force": "kent", "period_from": "2026-05-01", "period_to": "2026-05-31"}
    expected = figures(known, "linkedin", "linkedin:kent-police", {})
    return Export(f"linkedin followers {version}", file, data, "tool_figures", expected, [], set(), said)


def sprout_profiles(posts: Rows, version: int = 1) -> Export:
    rows: list[list[Any]] = [["Date", "Profile", "Network", "Audience", "Net Audience Growth", "Impressions"]]
    expected = []
    for n, _ in enumerate(posts):
        rows.append([f"05/{n + 11}/2026", "kentpolice", "Facebook", f"{10_000 + n:,}", 12, "4,500"])
        noon = dt.datetime(2026, 5, n + 11, 11)  # noqa: DTZ001
        own = {
            "platform": "facebook",
            "account_id": "facebook:kentpolice",
            "force_id": "kent",
            "post_count": None,
        }
        expected.append(own | {"observed_at_utc": noon, "follower_count": 10_000 + n})
    data = as_csv(rows)
    return Export(
        "sprout profiles", "Profile Performance.csv", data, "profiles", expected, [], set(), dict(SAID)
    )


def _messages(posts: Rows) -> list[dict[str, Any]]:
    """Each post stands for a question and, but for every fourth, its answer."""
    said = []
    for post in posts:
        n = post["n"]
        asked = {
            "conversation_id": f"c-{n}",
            "message_id": f"m-{n}-0",
            "direction": "inbound",
            "who": f"u{n % 5}",
        }
        said.append(asked | {"sent": post["created"], "channel": "direct" if n % 2 else "public"})
        if n % 4:
            answer = {"message_id": f"m-{n}-1", "direction": "outbound", "who": "agent"}
            said.append(said[-1] | answer | {"sent": post["created"] + dt.timedelta(minutes=30 + n)})
    return said


def _inbox(name: str, header: Callable[[Planter], dict[str, Cell]], posts: Rows, dropped: set[str]) -> Export:
    plant = Planter()
    said = _messages(posts)
    data = as_csv(table(dict(header(plant)), said))
    expected = [
        {
            "platform": "facebook",
            "account_id": "facebook:kentpolice",
            "force_id": "kent",
            "channel": each["channel"],
            "conversation_id": each["conversation_id"],
            "message_id": each["message_id"],
            "direction": each["direction"],
            "sent_at_utc": each["sent"],
        }
        for each in said
    ]
    return Export(name, "inbox.csv", data, "messages", expected, plant.texts, dropped, dict(SAID))


def hootsuite_inbox(posts: Rows, version: int = 1) -> Export:
    def header(plant: Planter) -> dict[str, Cell]:
        return {
            "Message ID": lambda m: m["message_id"],
            "Conversation ID": lambda m: m["conversation_id"],
            "Medium": lambda _: "FACEBOOK",
            "Channel": lambda _: "kentpolice",
            "Direction": lambda m: m["direction"],
            "Message Type": lambda m: "private_message" if m["channel"] == "direct" else "comment",
            "Created at": lambda m: f"{local(m['sent']):%Y-%m-%d %H:%M:%S}",
            "Content": lambda _: plant(),
            "Contact Profile ID": lambda m: m["who"],
            "Contact Primary Identifier": lambda _: plant(),
            "Contact Secondary Identifier": lambda _: plant(),
            "Sentiment": lambda _: "negative",
            "Post URL": lambda m: f"https://www.facebook.com/100064556789012_{m['message_id']}",
        }

    dropped = {
        "Content",
        "Contact Primary Identifier",
        "Contact Secondary Identifier",
        "Sentiment",
        "Post URL",
    }
    return _inbox("hootsuite inbox", header, posts, dropped | {"Contact Profile ID"})


def sprout_inbox(posts: Rows, version: int = 1) -> Export:
    def header(plant: Planter) -> dict[str, Cell]:
        return {
            "Timestamp (GMT)": lambda m: f"{m['sent']:%Y-%m-%dT%H:%M:%SZ}",
            "Message ID": lambda m: m["message_id"],
            "Thread ID": lambda m: m["conversation_id"],
            "Network": lambda _: "Facebook",
            "Profile": lambda _: "kentpolice",
            "Message Type": lambda m: "Direct Message" if m["channel"] == "direct" else "Comment",
            "Direction": lambda m: {"inbound": "Received", "outbound": "Sent"}[m["direction"]],
            "From ID": lambda m: m["who"],
            "From": lambda _: plant(),
            "Message": lambda _: plant(),
        }

    return _inbox("sprout inbox", header, posts, {"From", "Message"})


def orlo_inbox(posts: Rows, version: int = 1) -> Export:
    def header(plant: Planter) -> dict[str, Cell]:
        return {
            "Message ID": lambda m: m["message_id"],
            "Conversation ID": lambda m: m["conversation_id"],
            "Account": lambda _: "kentpolice",
            "Network": lambda _: "Facebook",
            "Visibility": lambda m: "Private" if m["channel"] == "direct" else "Public",
            "Direction": lambda m: m["direction"],
            "Date Received": lambda m: f"{local(m['sent']):%d %B %Y %H:%M:%S}",
            "Author ID": lambda m: m["who"],
            "Author": lambda _: plant(),
            "Message": lambda _: plant(),
            "Assigned To": lambda _: plant(),
        }

    return _inbox("orlo inbox", header, posts, {"Author", "Message", "Assigned To"})


def responses(posts: Rows, tool: str) -> Export:
    mean = {"orlo": "Average Response Time", "sprout": "Average Time to Action"}[tool]
    account = {"orlo": "Account", "sprout": "Profile"}[tool]
    received = {"orlo": "Messages Received", "sprout": "Received Messages"}[tool]
    rows: list[list[Any]] = [["Date", account, "Network", received, mean]]
    known = []
    for n, _ in enumerate(posts):
        rows.append([f"2026-05-{n + 1:02d}", "kentpolice", "Facebook", n, f"{n // 6}h {n}m"])
        seconds = n // 6 * 3600 + n * 60
        figure = {"orlo": "mean_response_time", "sprout": "mean_time_to_action"}[tool]
        known.append((f"2026-05-{n + 1:02d}",) * 2 + ({figure: seconds, "messages_received": n},))
    units = {"mean_response_time": "seconds", "mean_time_to_action": "seconds"}
    expected = figures(known, tool, "facebook:kentpolice", units)
    data = as_csv(rows)
    return Export(f"{tool} responses", "report.csv", data, "tool_figures", expected, [], set(), dict(SAID))


MAKERS: dict[str, Callable[[Rows], Export]] = {
    **{f"facebook {v}": lambda posts, v=v: facebook(posts, v) for v in (1, 2, 3, 4)},
    **{f"instagram {v}": lambda posts, v=v: instagram(posts, v) for v in (1, 2, 3)},
    **{f"x posts {v}": lambda posts, v=v: x_posts(posts, v) for v in (1, 2)},
    **{f"tweets {v}": lambda posts, v=v: tweets(posts, v) for v in (1, 2)},
    **{f"x days {v}": lambda posts, v=v: x_days(posts, v) for v in (1, 2)},
    **{f"linkedin {v}": lambda posts, v=v: linkedin(posts, v) for v in (1, 2, 3)},
    **{f"linkedin followers {v}": lambda posts, v=v: linkedin_followers(posts, v) for v in (1, 2)},
    **{f"tiktok {v}": lambda posts, v=v: tiktok(posts, v) for v in (1, 2, 3)},
    **{f"youtube {v}": lambda posts, v=v: youtube(posts, v) for v in (1, 2, 3)},
    **{f"hootsuite {v}": lambda posts, v=v: hootsuite(posts, v) for v in (1, 2)},
    **{f"sprout {v}": lambda posts, v=v: sprout(posts, v) for v in (1, 2)},
    "sprout profiles": sprout_profiles,
    "hootsuite inbox": hootsuite_inbox,
    "sprout inbox": sprout_inbox,
    "orlo inbox": orlo_inbox,
    "orlo responses": lambda posts: responses(posts, "orlo"),
    "sprout responses": lambda posts: responses(posts, "sprout"),
}
