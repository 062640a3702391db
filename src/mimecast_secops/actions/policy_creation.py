"""Creates policies without a duplicate, and finds out what became of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from mimecast_secops.actions import mutation, policy_matches
from mimecast_secops.actions.declaration import Context
from mimecast_secops.actions.existing_policies import ExistingPolicies, clause
from mimecast_secops.api import BlockedSenderPolicy, PolicyRecord
from mimecast_secops.api.errors import MimecastError, NotConfirmed
from mimecast_secops.sentences import sentence, sentence_of

_NOT_LISTED: Final = "Mimecast does not list the policy"
_MAY_EXIST: Final = "an equal policy may exist already"
# A policy with another value here still blocks everything that was asked for in the direction of the policy.
_HARMLESS: Final = frozenset({"bidirectional"})
# The members of the API for attributes with another name.
_MEMBERS: Final = {"from_part": "fromPart", "sender": "from", "recipient": "to", "start": "fromDate", "end": "toDate"}
# Seconds before each look for a policy whose creation is unclear.
_WAITS: Final = (0.0, 2.0, 4.0)


@dataclass(slots=True)
class PolicyCreation:
    """Creates policies.

    Attributes:
        context: the context of the action.
        existing: the policies of the tenant before.
        verify: whether to read a policy back.
        notes: sentences for the output message.
    """

    context: Context
    existing: ExistingPolicies
    verify: bool
    notes: list[str] = field(default_factory=list)

    def create(self, policy: BlockedSenderPolicy) -> dict[str, Any]:
        """Create a policy, unless an equal one exists.

        Returns:
            The JSON result of the policy.

        Raises:
            NotConfirmed: no reply says whether the policy was created, and Mimecast does not list it.
            MimecastError: Mimecast refused the policy, or the request was not sent.
        """
        equal = policy_matches.find_equal(policy, self.existing.listing.records)
        if equal is not None:
            self.context.log.info("An equal policy exists: %s. Nothing was created.", equal.id)
            return _result(policy, equal, mutation.State.CONFIRMED, already=True)
        try:
            created = self.context.client.send(self.context.client.policies.create_request(policy))
        except MimecastError as error:
            if not error.maybe_done:
                raise
            self.context.log.warning("It is unclear whether the policy was created: %s", error)
            return self._found(policy, error)
        return self._verified(policy, created)

    def _verified(self, policy: BlockedSenderPolicy, created: PolicyRecord) -> dict[str, Any]:
        """The result of a policy whose ID the reply names."""
        record, reason = self._listed(policy, created) if self.verify else (None, "")
        if reason:
            self._note(f"It is not confirmed yet: {reason}.")
        if self.existing.problem:
            self._note(f"The policies before could not all be read, so {_MAY_EXIST}: {self.existing.problem}.")
        return self._judged(
            policy,
            record or created,
            is_listed=record is not None,
            is_new=created.id not in self.existing.ids,
            shown=created if created.is_understood else record,
        )

    def _listed(self, policy: BlockedSenderPolicy, created: PolicyRecord) -> tuple[PolicyRecord | None, str]:
        """The policy as Mimecast lists it, or the reason why it is not seen."""
        try:
            listing = self.context.client.policies.listing()
        except MimecastError as error:
            self.context.log.warning("The policy was created, but it cannot be read back: %s", error)
            return None, clause(error)
        record = listing.by_id(created.id)
        duplicate = policy_matches.find_equal(policy, [other for other in listing.records if other.id != created.id])
        if duplicate:
            # Another run created it at the same time. Both have the same effect, so the user decides which to delete.
            self.context.log.warning("Another run created an equal policy at the same time: %s.", duplicate.id)
        if record is None and any(policy_matches.mentions(created.id, entry) for entry in listing.unread):
            # Mimecast has the policy, and its reply to the creation names it.
            self.context.log.info("Mimecast lists the policy in a form that is not understood.")
            return None, ""
        return record, "" if record else f"{_NOT_LISTED}, so another run may create it again"

    def _found(self, policy: BlockedSenderPolicy, error: MimecastError) -> dict[str, Any]:
        """The result of a policy whose creation is unclear, if Mimecast lists a policy that is new and equal."""
        reason = _NOT_LISTED
        for wait in _WAITS:
            if wait and not self.context.client.pause(wait):
                break
            try:
                listing = self.context.client.policies.listing()
            except MimecastError as unreadable:
                reason = f"the list of policies cannot be read: {clause(unreadable)}"
                continue
            reason = _NOT_LISTED
            for record in listing.records:
                if record.id not in self.existing.ids and set(policy_matches.differences(policy, record)) <= _HARMLESS:
                    return self._judged(policy, record, is_listed=True, is_new=not self.existing.problem)
        raise _unknown(error, reason) from error

    def _judged(
        self,
        policy: BlockedSenderPolicy,
        record: PolicyRecord,
        *,
        is_listed: bool,
        is_new: bool = True,
        shown: PolicyRecord | None = None,
    ) -> dict[str, Any]:
        """The result of a policy, from the members that Mimecast shows.

        Args:
            policy: the wanted policy.
            record: the policy as Mimecast shows it.
            is_listed: whether the record comes from the list, not from the reply to the creation.
            is_new: whether this run certainly created it.
            shown: the record for the JSON result; None for `record`.
        """
        changed = policy_matches.differences(policy, record)
        is_contradicted = is_listed and not set(changed) <= _HARMLESS
        state = mutation.State.CONFIRMED if is_listed else mutation.State.PENDING
        if is_contradicted:
            state = mutation.State.CONTRADICTED
        if not changed:
            return _result(policy, shown or record, state, is_new=is_new)
        if not is_contradicted:
            self._note(f"Mimecast changed the policy: {', '.join(_shown(record, name) for name in changed)}.")
        older = self._older(record) if is_new else None
        if older is not None:
            if not is_contradicted:
                state = mutation.State.CONFIRMED
            return _result(policy, older, state, already=True, changed=changed)
        return _result(policy, shown or record, state, changed=changed, is_new=is_new)

    def _older(self, record: PolicyRecord) -> PolicyRecord | None:
        """An older policy that is equal to the new one as Mimecast changed it. The new one is then deleted again.

        Returns:
            The older policy; None if there is none, or if the new one cannot be deleted.
        """
        older = policy_matches.find_same(record, self.existing.listing.records)
        if older is None:
            return None
        try:
            self.context.client.policies.delete(record.id)
        except MimecastError as error:
            self.context.log.warning("The second of two equal policies could not be deleted: %s", error)
            self._note(f"It is now equal to the policy {older.id}. Delete one of the two.")
            return None
        self.context.log.info("The new policy was equal to %s, so it was deleted again.", older.id)
        return older

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)


def _unknown(error: MimecastError, found: str) -> NotConfirmed:
    message = sentence(
        "Whether the policy was created is unknown: {error} {found}. Look at the blocked sender policies "
        "in the Mimecast console before you run the action again.",
        error=sentence_of(error),
        found=found[0].upper() + found[1:],
    )
    return NotConfirmed(message, status=error.status, code=error.code, endpoint=error.endpoint)


def _shown(record: PolicyRecord, name: str) -> str:
    """A changed member, with its value if that is a flag."""
    value = getattr(record, name)
    member = _MEMBERS.get(name, name)
    return f'"{member}" is {str(value).lower()}' if isinstance(value, bool) else f'"{member}"'


def _result(
    policy: BlockedSenderPolicy,
    record: PolicyRecord,
    state: mutation.State,
    *,
    already: bool = False,
    changed: tuple[str, ...] = (),
    is_new: bool = True,
) -> dict[str, Any]:
    undo: dict[str, Any] = {
        "possible": True,
        "action": "Delete Block Sender Policy",
        "parameters": {"Policy ID": record.id},
    }
    if not is_new:
        undo = {"possible": False, "why": "It is unknown whether this policy is older than the run."}
    # A reply may have the ID only (docs/reference/mimecast-api.md#rest-endpoints-for-policies).
    content = record.as_json() if record.is_understood else {**policy.to_wire(), "id": record.id}
    extra = {"changedByMimecast": [_MEMBERS.get(name, name) for name in changed]} if changed else {}
    return content | mutation.write_result(state, undo, already=already, **extra)
