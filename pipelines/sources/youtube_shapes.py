"""The parts of YouTube's answers that we read, from Google's discovery document v3.

Belongs here: structs. Does not belong here: asking (youtube.py).
"""

from typing import Any, ClassVar

import msgspec

from pipelines.sources.shapes import Digits, Moment, Shape, fields

_ITEM = fields("kind etag id")


class Page(Shape):
    known: ClassVar[frozenset[str]] = fields("kind etag pageInfo prevPageToken eventId")
    items: list[Any] = msgspec.field(default_factory=list)
    next_page_token: str | None = None


class ChannelStatistics(Shape):
    known = fields("commentCount")
    video_count: Digits | None = None
    view_count: Digits | None = None
    subscriber_count: Digits | None = None
    hidden_subscriber_count: bool = False


class ChannelSnippet(Shape):
    known = fields("title description thumbnails defaultLanguage localized country")
    published_at: Moment
    custom_url: str | None = None


class RelatedPlaylists(Shape):
    known = fields("likes favorites watchHistory watchLater")
    uploads: str


class ChannelDetails(Shape):
    related_playlists: RelatedPlaylists


class Channel(Shape):
    known = _ITEM
    id: str
    snippet: ChannelSnippet
    statistics: ChannelStatistics
    content_details: ChannelDetails


class UploadDetails(Shape):
    known = fields("startAt endAt note")
    video_id: str
    video_published_at: Moment | None = None


class Upload(Shape):
    known = _ITEM | {"snippet", "status"}
    content_details: UploadDetails


class VideoStatistics(Shape):
    known = fields("dislikeCount favoriteCount")
    view_count: Digits | None = None
    like_count: Digits | None = None
    comment_count: Digits | None = None


class VideoSnippet(Shape):
    known = fields(
        "thumbnails channelId channelTitle tags categoryId liveBroadcastContent "
        "defaultLanguage localized defaultAudioLanguage"
    )
    published_at: Moment
    title: str = ""
    description: str = ""


class Video(Shape):
    known = _ITEM
    id: str
    snippet: VideoSnippet
    statistics: VideoStatistics


class AuthorChannel(Shape):
    value: str


class CommentSnippet(Shape):
    known = fields(
        "channelId textDisplay authorProfileImageUrl "
        "authorChannelUrl canRate viewerRating likeCount moderationStatus parentId updatedAt "
        "videoId postId"
    )
    published_at: Moment
    author_channel_id: AuthorChannel | None = None
    author_display_name: str = ""  # a handle, with its @
    text_original: str = ""


class Comment(Shape):
    known = _ITEM
    id: str
    snippet: CommentSnippet


class ThreadSnippet(Shape):
    known = fields("channelId videoId canReply isPublic postId")
    top_level_comment: Comment
    total_reply_count: int = 0


class Replies(Shape):
    comments: list[Comment] = msgspec.field(default_factory=list)


class CommentThread(Shape):
    known = _ITEM
    id: str
    snippet: ThreadSnippet
    replies: Replies | None = None
