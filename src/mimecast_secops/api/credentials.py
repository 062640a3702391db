"""Credentials for each API version."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from mimecast_secops.api.errors import IncompleteCredentials, Misconfigured
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.vocabulary import ApiVersion
from mimecast_secops.sentences import Form, Mention, Message, Sentence, joined, sentence


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """API 1.0: the keys of an application and of a user's binding to it (docs/reference/mimecast-api.md#access-keys).

    Raises:
        Misconfigured: a value cannot be a key. The message does not show the value.
    """

    application_id: str
    application_key: Secret
    access_key: Secret
    secret_key: Secret

    api_version: ClassVar[ApiVersion] = ApiVersion.V1

    @property
    def fingerprint(self) -> str:
        """A short text that differs between credentials and does not reveal them."""
        return _fingerprint(f"{self.application_id} {self.access_key.reveal()}")

    def __post_init__(self) -> None:
        _check_header_safe("Application ID", self.application_id)
        _check_header_safe("Application Key", self.application_key.reveal())
        _check_header_safe("Access Key", self.access_key.reveal())
        self.key_bytes()

    def key_bytes(self) -> bytes:
        """The secret key, decoded for HMAC."""
        try:
            return base64.b64decode(self.secret_key.reveal(), validate=True)
        except (binascii.Error, ValueError):
            raise Misconfigured(
                sentence("{Secret Key:Bare} is not the base64 text that Mimecast issued. Copy it again, completely.")
            ) from None


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """API 2.0: the client ID and client secret of an API application (docs/reference/mimecast-api.md#bearer-tokens).

    Raises:
        Misconfigured: a value cannot be a credential. The message does not show the value.
    """

    client_id: str
    client_secret: Secret

    api_version: ClassVar[ApiVersion] = ApiVersion.V2

    @property
    def fingerprint(self) -> str:
        """A short text that differs between applications and does not reveal their ID."""
        return _fingerprint(self.client_id)

    def __post_init__(self) -> None:
        _check_header_safe("Client ID", self.client_id)
        _check_header_safe("Client Secret", self.client_secret.reveal())


Credentials: TypeAlias = SigningKeys | ClientCredentials


def choose_credentials(
    *,
    application_id: str = "",
    application_key: Secret | None = None,
    access_key: Secret | None = None,
    secret_key: Secret | None = None,
    client_id: str = "",
    client_secret: Secret | None = None,
) -> tuple[Credentials, tuple[Message, ...]]:
    """Choose the credentials to use.

    Complete API 2.0 credentials are preferred, because Mimecast is retiring API 1.0.

    Returns:
        The credentials, and notes about the choice for the log.

    Raises:
        IncompleteCredentials: neither set is complete. The message names the missing values.
    """
    keys_v1: dict[str, object] = {
        "Application ID": application_id,
        "Application Key": application_key,
        "Access Key": access_key,
        "Secret Key": secret_key,
    }
    keys_v2: dict[str, object] = {"Client ID": client_id, "Client Secret": client_secret}
    if all(keys_v2.values()):
        notes: tuple[Message, ...] = ()
        if any(keys_v1.values()):
            notes = ("Credentials for API 1.0 and API 2.0 are set. API 2.0 is used, and the API 1.0 keys are ignored.",)
        return ClientCredentials(client_id, client_secret or Secret()), notes
    if all(keys_v1.values()):
        notes = ()
        if any(keys_v2.values()):
            notes = (sentence("{names} is missing for API 2.0. API 1.0 is used.", names=_listed(_missing(keys_v2))),)
        keys = SigningKeys(application_id, application_key or Secret(), access_key or Secret(), secret_key or Secret())
        return keys, notes
    raise IncompleteCredentials(_incomplete_message(keys_v1, keys_v2))


def _incomplete_message(keys_v1: dict[str, object], keys_v2: dict[str, object]) -> Sentence:
    for version, keys in (("2.0", keys_v2), ("1.0", keys_v1)):
        if any(keys.values()):
            return sentence(
                "The API {version} credentials are incomplete: {names} is missing.",
                version=version,
                names=_listed(_missing(keys)),
            )
    client_id, *others = keys_v2
    needed = joined([Mention(client_id, Form.FILL_IN, capital=True), " and ", *map(Mention, others)])
    return sentence("No credentials are set. {v2} (API 2.0), or {v1} (API 1.0).", v2=needed, v1=_listed(list(keys_v1)))


def _missing(values: dict[str, object]) -> list[str]:
    return [name for name, value in values.items() if not value]


def _listed(names: list[str]) -> Sentence:
    """The names as in `a, b and c`."""
    separators = [", "] * (len(names) - 2) + [" and "] * (len(names) > 1) + [""]
    return joined(
        part for name, separator in zip(names, separators, strict=True) for part in (Mention(name), separator)
    )


def _check_header_safe(name: str, value: str) -> None:
    # A line break in a credential would end its HTTP header and begin another.
    if not value.isascii() or not value.isprintable() or " " in value:
        raise Misconfigured(
            sentence(
                "{name} has a character that a credential cannot have, such as a space or a line break. Copy it again.",
                name=Mention(name, Form.BARE),
            )
        )


def _fingerprint(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4, person=b"credentials").hexdigest()
