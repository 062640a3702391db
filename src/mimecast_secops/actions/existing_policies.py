"""The policies of the tenant before one is created, and whether an equal one may be among them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Self

from mimecast_secops.actions import policy_matches
from mimecast_secops.actions.declaration import ActionFailed, Context
from mimecast_secops.api import BlockedSenderPolicy
from mimecast_secops.api.errors import MimecastError
from mimecast_secops.api.resources.policy_listing import PolicyListing


@dataclass(frozen=True, slots=True)
class ExistingPolicies:
    """The policies of the tenant before anything is created.

    Attributes:
        listing: what Mimecast lists; empty if it cannot be read.
        problem: why an equal policy may exist that is not in `listing`, as a clause without a period; "" if none can.
    """

    listing: PolicyListing = field(default_factory=PolicyListing)
    problem: str = ""

    @classmethod
    def read(cls, context: Context) -> Self:
        """Read the policies. An error is logged and kept as the problem."""
        try:
            listing = context.client.policies.listing()
        except MimecastError as error:
            context.log.warning("Existing policies cannot be read, so an equal policy may be created twice: %s", error)
            return cls(problem=clause(error))
        if listing.missing:
            context.log.warning("The list of policies is incomplete: %s.", listing.missing)
        return cls(listing, listing.missing)

    def check(self, policies: Iterable[BlockedSenderPolicy]) -> None:
        """Check that no policy may exist in a form that is not understood.

        Raises:
            ActionFailed: Mimecast lists an entry that has the values of one of the policies and cannot be compared.
        """
        for policy in policies:
            if policy_matches.find_equal(policy, self.listing.records):
                continue
            if any(policy_matches.may_be(policy, entry) for entry in self.listing.unread):
                raise ActionFailed(
                    "Mimecast lists a policy with the same sender and recipient in a form that is not understood, so "
                    "it is unknown whether an equal policy exists. Nothing was created. Look at the blocked sender "
                    "policies in the Mimecast console."
                )

    @property
    def ids(self) -> frozenset[str]:
        """The IDs of the policies that were understood."""
        return frozenset(record.id for record in self.listing.records)


def clause(error: MimecastError) -> str:
    """The message of an error without its period, to be continued."""
    return str(error).rstrip(".")
