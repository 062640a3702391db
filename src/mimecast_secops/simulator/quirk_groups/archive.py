"""Quirks of the archive and of files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(kw_only=True)
class ArchiveQuirks:
    """Quirks of the archive and of files."""

    archive_items_flat: bool = False
    """Whether archive items are directly in `data`.

    Source: docs/reference/mimecast-api.md#search-the-archive (documentation and clients disagree).
    """
    archive_wrapper: Literal["items", "flat", "messages", "null", "text"] = "items"
    """Where the items of an archive search are: in `items`, directly in `data`, in `messages`, or nowhere: null or a
    text is in their place.

    Source: docs/reference/mimecast-api.md#search-the-archive [open].
    """
    archive_next: Literal["next", "nextToken", "pageToken", "none"] = "next"
    """How an archive search names its next page (docs/reference/mimecast-api.md#pagination [open])."""
    archive_total: bool = False
    """Whether an archive search tells the number of all items (docs/reference/mimecast-api.md#pagination [open])."""
    archive_delay: float = 0.0
    """Seconds until a delivered message is in the archive."""
    file_v1: Literal["stream", "url", "urls"] = "stream"
    """How API 1.0 returns files: stream, url or urls (docs/reference/mimecast-api.md#download-a-file)."""
    file_v2: Literal["stream", "url", "urls"] = "urls"
    """How API 2.0 returns files: stream, url or urls.

    Source: docs/reference/mimecast-api.md#download-a-file, docs/reference/mimecast-api.md#download-an-archived-message.
    """
    file_escaped: bool = True
    """Whether a decoded link contains a literal \\u0026.

    Source: docs/reference/mimecast-api.md#download-a-file [seen in a client].
    """
