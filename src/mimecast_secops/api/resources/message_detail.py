"""The details of a held or archived message, with its attachments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mimecast_secops.api.decode import JsonReader


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as Mimecast describes it.

    Attributes:
        id: the ID for `FilesResource.download`.
        filename: the file name, as the sender wrote it.
        extension: the file name extension.
        content_type: the media type.
        size: the size in bytes.
        sha256: the hash in lower-case hexadecimal digits; "" if Mimecast does not announce one.
        raw: the record as received.
    """

    id: str
    filename: str
    extension: str
    content_type: str
    size: int
    sha256: str
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> Attachment:
        """Read a record of a reply."""
        reader = JsonReader(raw)
        return cls(
            id=reader.text("id"),
            filename=reader.text("filename"),
            extension=reader.text("extension"),
            content_type=reader.text("contentType"),
            size=reader.integer("size"),
            sha256=reader.text("sha256").lower(),
            raw=reader.raw,
        )


@dataclass(frozen=True, slots=True)
class MessageDetail:
    """The details of a message.

    Attributes:
        id: the ID of the request for the details.
        message_id: the internet Message-ID without `<>`.
        subject: the subject.
        attachments: the attachments.
        raw: the record as received.
    """

    id: str
    message_id: str
    subject: str
    attachments: tuple[Attachment, ...]
    raw: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, raw: Any) -> MessageDetail:
        """Read a record of a reply."""
        reader = JsonReader(raw)
        return cls(
            id=reader.text("id"),
            message_id=reader.text("mimeMessageId").strip("<> "),
            subject=reader.text("subject"),
            attachments=tuple(Attachment.read(entry) for entry in reader.objects("attachments")),
            raw=reader.raw,
        )
