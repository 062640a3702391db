"""Who we are to Mimecast: one record per API generation, and the choice between them."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from mimecast_secops.api.errors import IncompleteCredentials, Misconfigured
from mimecast_secops.api.secrets import Secret
from mimecast_secops.api.vocabulary import ApiVersion


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """API 1.0: an application and a user's binding to it (API notes 2.4).

    Raises:
        Misconfigured: a value cannot be a key. The value itself is not shown.
    """

    application_id: str
    application_key: Secret
    access_key: Secret
    secret_key: Secret

    api_version: ClassVar[ApiVersion] = ApiVersion.V1

    def __post_init__(self) -> None:
        _check_header_safe("Application ID", self.application_id)
        _check_header_safe("Application Key", self.application_key.reveal())
        _check_header_safe("Access Key", self.access_key.reveal())
        self.key_bytes()

    def key_bytes(self) -> bytes:
        """The secret key as the bytes that HMAC takes."""
        try:
            return base64.b64decode(self.secret_key.reveal(), validate=True)
        except (binascii.Error, ValueError):
            raise Misconfigured(
                "Secret Key is not the base64 text that Mimecast issued: copy it again, whole."
            ) from None


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """API 2.0: an API application (API notes 3.1).

    Raises:
        Misconfigured: a value cannot be a credential. The value itself is not shown.
    """

    client_id: str
    client_secret: Secret

    api_version: ClassVar[ApiVersion] = ApiVersion.V2

    def __post_init__(self) -> None:
        _check_header_safe("Client ID", self.client_id)
        _check_header_safe("Client Secret", self.client_secret.reveal())


Credentials: TypeAlias = SigningKeys | ClientCredentials


def choose(
    *,
    application_id: str = "",
    application_key: Secret | None = None,
    access_key: Secret | None = None,
    secret_key: Secret | None = None,
    client_id: str = "",
    client_secret: Secret | None = None,
) -> tuple[Credentials, tuple[str, ...]]:
    """The credentials to use, and what the log should say about the choice.

    A complete API 2.0 pair is preferred, because Mimecast is retiring API 1.0.

    Raises:
        IncompleteCredentials: neither set is complete; names what is missing.
    """
    first: dict[str, object] = {
        "Application ID": application_id,
        "Application Key": application_key,
        "Access Key": access_key,
        "Secret Key": secret_key,
    }
    second: dict[str, object] = {"Client ID": client_id, "Client Secret": client_secret}
    if all(second.values()):
        notes: tuple[str, ...] = ()
        if any(first.values()):
            notes = ("Credentials of both API generations are given: API 2.0 is used, the API 1.0 keys are ignored.",)
        return ClientCredentials(client_id, client_secret or Secret()), notes
    if all(first.values()):
        notes = ()
        if any(second.values()):
            notes = (f"{_names(_missing(second))} is missing for API 2.0: API 1.0 is used.",)
        keys = SigningKeys(application_id, application_key or Secret(), access_key or Secret(), secret_key or Secret())
        return keys, notes
    raise IncompleteCredentials(_what_is_missing(first, second))


def _what_is_missing(first: dict[str, object], second: dict[str, object]) -> str:
    if any(second.values()):
        return f"The API 2.0 credentials are incomplete: {_names(_missing(second))} is missing."
    if any(first.values()):
        return f"The API 1.0 credentials are incomplete: {_names(_missing(first))} is missing."
    return f"No credentials are given: fill in {_names(list(second))} (API 2.0), or {_names(list(first))} (API 1.0)."


def _missing(values: dict[str, object]) -> list[str]:
    return [name for name, value in values.items() if not value]


def _names(names: list[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]


def _check_header_safe(name: str, value: str) -> None:
    # A line break in a credential would end the header it travels in and begin another.
    if not value.isascii() or not value.isprintable() or " " in value:
        raise Misconfigured(
            f"{name} has a character that a credential cannot have (a blank, a line break?): copy it again."
        )
