"""Question 9: the members of blocked-sender policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mimecast_secops.api.resources import policies
from mimecast_secops.diagnosis.first_contact.evidence import Evidence
from mimecast_secops.diagnosis.first_contact.members import types_of
from mimecast_secops.diagnosis.first_contact.results import Knowledge, QuestionResult, unanswered
from mimecast_secops.diagnosis.known_words import words_of

_ENTRY: Final = frozenset({"id", "option", "policy"})
_EXPECTED: Final = words_of(
    """
    description fromPart from to fromType toType fromEternal toEternal bidirectional enabled enforced
    """
)


def ask_about_policies(evidence: Evidence) -> QuestionResult:
    """Question 9: list the policies. None is created, so the reply to a creation stays unknown."""
    answered = evidence.inquiry.ask(policies.GET)
    found = answered.rows(_ENTRY)
    if not found.rows:
        is_empty = answered.error is None and not found.form
        shown = "the tenant has none" if is_empty else found.form or answered.outcome
        return unanswered(9, f"No policy could be read: {shown}.")
    blocks = [row["policy"] for row in found.rows if isinstance(row.get("policy"), Mapping)]
    types = types_of(blocks)
    missing = sorted(_EXPECTED - types.keys())
    answers = [
        f"{len(found.rows)} policies were read. Their members: {', '.join(sorted(types)) or 'none'}.",
        f"Members that the product compares, and that are missing: {', '.join(missing) or 'none'}.",
        "The reply to the creation of a policy, and the type that Permit and Block return, were not tried.",
    ]
    problems = [] if blocks else ["A policy has no member policy."]
    if found.member not in ("", "data"):
        problems.append(f"The policies are in the member {found.member}.")
    return QuestionResult(
        number=9,
        knowledge=Knowledge.PARTLY,
        answers=answers,
        evidence={"policies": len(found.rows), **types},
        facts={"policy_lacks": ", ".join(missing) or "nothing"},
        not_understood=problems,
    )
