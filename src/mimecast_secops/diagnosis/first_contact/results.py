"""What a first contact finds out: one result per question, and the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

QUESTIONS: Final[Mapping[int, str]] = {
    1: "Are IDs stable, and what do they contain?",
    2: "How are a tracking record and its entry in the hold queue tied?",
    3: "How does the tenant answer IDs and recipients that it does not know?",
    4: "Can the reply of a tracking search be cut, and in which order are its rows?",
    5: "What does the hold list cover without a start, and which pages and periods does it accept?",
    6: "Are the filters honored, and which words occur?",
    7: "Which members and times do the records have?",
    8: "How long is a token valid, which rate limit headers come, and which endpoints are missing?",
    9: "Which members does a blocked-sender policy have?",
    10: "How does the archive answer?",
    11: "Do the clock, the region and the account agree?",
    12: "Does the tenant require a reason for searches?",
}


class Knowledge(Enum):
    """How much is known about a question."""

    KNOWN = "known"
    PARTLY = "partly known"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """The result of one question. It quotes no value of a message, only counts, kinds, and words of the API.

    Attributes:
        number: the number of the question, a key of `QUESTIONS`.
        knowledge: how much is known.
        answers: sentences.
        evidence: counts and kinds that the answers rest on.
        facts: what the profile of the tenant can keep: name → value.
        settings: the settings that follow, as sentences.
        not_understood: what the product does not understand, as sentences.
    """

    number: int
    knowledge: Knowledge
    answers: Sequence[str]
    evidence: Mapping[str, int | str] = field(default_factory=dict)
    facts: Mapping[str, int | str] = field(default_factory=dict)
    settings: Sequence[str] = ()
    not_understood: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON object."""
        return {
            "number": self.number,
            "question": QUESTIONS[self.number],
            "knowledge": self.knowledge.value,
            "answers": list(self.answers),
            "evidence": dict(self.evidence),
            "facts": dict(self.facts),
            "settings": list(self.settings),
            "not_understood": list(self.not_understood),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactReport:
    """The report of a first contact.

    Attributes:
        api_version: the API version in use, such as `API 2.0`.
        results: one result per question, in the order of `QUESTIONS`.
        requests: the number of requests that were sent.
        budget: the maximum number of requests.
    """

    api_version: str
    results: Sequence[QuestionResult]
    requests: int
    budget: int

    @property
    def facts(self) -> dict[str, int | str]:
        """The facts of all results by name."""
        return {name: value for result in self.results for name, value in result.facts.items()}

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return {
            "api_version": self.api_version,
            "requests": self.requests,
            "budget": self.budget,
            "facts": self.facts,
            "questions": [result.as_json() for result in self.results],
        }

    def lines(self) -> Iterator[str]:
        """The report as text, one line at a time."""
        known = sum(result.knowledge is Knowledge.KNOWN for result in self.results)
        yield f"First contact over {self.api_version}: {known} of {len(self.results)} questions are answered."
        yield f"{self.requests} of at most {self.budget} requests were sent. Nothing was changed."
        yield "Endpoints that write were not called. How they answer stays unknown until their first use."
        for result in self.results:
            yield ""
            yield f"{result.number}. {QUESTIONS[result.number]} ({result.knowledge.value})"
            yield from (f"   {answer}" for answer in result.answers)
            yield from (f"   Setting: {setting}" for setting in result.settings)
            yield from (f"   Not understood: {problem}" for problem in result.not_understood)


def unanswered(number: int, why: str, not_understood: Sequence[str] = ()) -> QuestionResult:
    """The result of a question that could not be answered.

    Args:
        number: the number of the question.
        why: the reason, as a sentence.
        not_understood: see `QuestionResult`.
    """
    return QuestionResult(
        number=number, knowledge=Knowledge.UNKNOWN, answers=(why,), not_understood=tuple(not_understood)
    )
