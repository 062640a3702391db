"""The account, its domains and its users."""

from __future__ import annotations

from typing import TypedDict


class Account(TypedDict):
    """The account."""

    region: str
    archive: bool
    gateway: bool
    passphrase: bool | str
    supportCode: str
    maxRetention: int
    maxRetentionConfirmed: bool
    minRetentionEnabled: bool
    automatedSegmentPurge: bool
    type: str
    policyInheritance: bool
    databaseCode: str
    searchReason: bool
    contentAdministratorDefaultView: str
    adminSessionTimeout: int
    exportApi: bool
    exgestAllowQuery: bool
    exgestAllowExtraction: bool
    expressAccount: bool
    cybergraphV2Enabled: bool
    accountCode: str
    accountName: str
    adminEmail: str
    contactEmail: str
    contactName: str
    telephone: str
    domain: str
    userCount: int
    mimecastId: str
    packages: list[str]
    mailPlatform: str


class Identity(TypedDict):
    """The API application that the token belongs to."""

    clientId: str
    accountCode: str


class Region(TypedDict):
    """A region and the base URL of its API."""

    code: str
    name: str
    api: str


class AuthenticationMethods(TypedDict):
    """The region of a user and the ways to log in."""

    emailAddress: str
    authenticate: list[str]
    region: Region


class InternalDomain(TypedDict):
    """A domain of the tenant."""

    id: str
    domain: str
    sendOnly: bool
    local: bool
    inboundType: str
