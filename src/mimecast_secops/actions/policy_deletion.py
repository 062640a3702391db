"""Deletes a policy, and finds out what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Self

from mimecast_secops.actions import mutation, policy_matches
from mimecast_secops.actions.declaration import Context
from mimecast_secops.api import PolicyRecord
from mimecast_secops.api.errors import (
    MimecastError,
    NotConfirmed,
    NotExecuted,
    NotFound,
    NotFoundWithoutCode,
    NotUnderstood,
)
from mimecast_secops.sentences import sentence, sentence_of

# Seconds before each look for a policy whose deletion is unclear.
_WAITS: Final = (0.0, 2.0, 4.0)


@dataclass(slots=True)
class PolicyDeletion:
    """The deletion of one policy.

    Attributes:
        context: the context of the action.
        policy_id: the ID of the policy.
        record: the policy as it is before; None if Mimecast does not show it in a form that is understood.
        exists: whether the policy exists before; None if Mimecast does not tell. Only an error that reports it
            means that it does not: an empty list may also be a list without this policy.
        note: a sentence for the output message; "" for none.
    """

    context: Context
    policy_id: str
    record: PolicyRecord | None = None
    exists: bool | None = None
    note: str = ""

    @classmethod
    def prepared(cls, context: Context, policy_id: str) -> Self:
        """Look the policy up, for the dry run and the undo.

        Raises:
            MimecastError: the policies cannot be read.
        """
        try:
            listing = context.client.policies.listing(policy_id)
        except (NotFoundWithoutCode, NotUnderstood) as error:
            context.log.warning("Whether the policy exists is unknown: %s", error)
            return cls(context, policy_id)
        except NotFound:
            return cls(context, policy_id, exists=False)
        record = listing.by_id(policy_id)
        is_shown = record is not None or any(policy_matches.mentions(policy_id, entry) for entry in listing.unread)
        return cls(context, policy_id, record, True if is_shown else None)

    def carry_out(self, *, verify: bool) -> dict[str, Any]:
        """Delete the policy, unless it does not exist.

        Args:
            verify: whether to look whether it is gone after Mimecast confirmed the deletion.

        Returns:
            The JSON result.

        Raises:
            NotExecuted: no reply confirms the deletion, and Mimecast still shows the policy.
            NotConfirmed: no reply confirms the deletion, and nothing shows whether the policy exists.
            MimecastError: Mimecast refused the deletion, or it was not sent.
        """
        if self.exists is False:
            self.context.log.info("The policy does not exist. Nothing was done.")
            return self._result(mutation.State.CONFIRMED, already=True)
        try:
            self.context.client.send(self.context.client.policies.delete_request(self.policy_id))
        except NotFoundWithoutCode:
            raise
        except NotFound:
            self.context.log.info("The policy does not exist any more. Nothing was done.")
            return self._result(mutation.State.CONFIRMED, already=True)
        except MimecastError as error:
            if not error.maybe_done:
                raise
            self.context.log.warning("It is unclear whether the policy was deleted: %s", error)
            return self._investigated(error)
        return self._result(self._state() if verify else mutation.State.PENDING)

    def _state(self) -> mutation.State:
        """The state after Mimecast confirmed the deletion."""
        is_listed = self._is_listed()
        if is_listed is False:
            return mutation.State.CONFIRMED
        shown = "still lists the policy" if is_listed else "does not show whether the policy is gone"
        self.note = f"The deletion of {self.policy_id} is not confirmed yet: Mimecast {shown}."
        return mutation.State.PENDING

    def _investigated(self, error: MimecastError) -> dict[str, Any]:
        """The result of a deletion without a clear reply."""
        is_listed: bool | None = None
        for wait in _WAITS:
            if wait and not self.context.client.pause(wait):
                break
            is_listed = self._is_listed()
            if is_listed is False and (self.exists or self._is_unknown_now()):
                return self._result(mutation.State.CONFIRMED)
        cause = sentence_of(error)
        if is_listed:
            raise NotExecuted(
                sentence("The policy was not deleted: Mimecast still lists it. {error}", error=cause),
                status=error.status,
                endpoint=error.endpoint,
            ) from error
        raise NotConfirmed(
            sentence(
                "Whether the policy was deleted is unknown, because Mimecast does not show it in a form that is "
                "understood: {error} Look at the blocked sender policies in the Mimecast console.",
                error=cause,
            ),
            status=error.status,
            endpoint=error.endpoint,
        ) from error

    def _is_listed(self) -> bool | None:
        """Whether Mimecast lists the policy; None if the list does not tell."""
        try:
            listing = self.context.client.policies.listing()
        except MimecastError as error:
            self.context.log.warning("The policies cannot be read: %s", error)
            return None
        if listing.by_id(self.policy_id) or any(
            policy_matches.mentions(self.policy_id, entry) for entry in listing.unread
        ):
            return True
        # An entry that is not understood is another policy only if this one was seen in such an entry before.
        was_seen_unread = self.exists and self.record is None
        return None if listing.missing or (listing.unread and not was_seen_unread) else False

    def _is_unknown_now(self) -> bool:
        """Whether Mimecast says that it has no policy with the ID."""
        try:
            self.context.client.policies.listing(self.policy_id)
        except NotFoundWithoutCode:
            return False
        except NotFound:
            return True
        except MimecastError:
            return False
        return False

    def _result(self, state: mutation.State, *, already: bool = False) -> dict[str, Any]:
        extra = {"policy": self.record.raw} if self.record and not already else {}
        return {
            "id": self.policy_id,
            **mutation.write_result(state, self._undo(already=already), already=already, **extra),
        }

    def _undo(self, *, already: bool) -> dict[str, Any]:
        if already:
            return {"possible": False, "why": "Nothing was deleted."}
        if self.record is None:
            return {"possible": False, "why": "Mimecast did not show the policy in a form that is understood."}
        return {"possible": True, "action": "Create Block Sender Policy", "policy": self.record.raw}
