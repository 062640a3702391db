"""The results and the report."""

from __future__ import annotations

import json

from mimecast_secops.diagnosis.first_contact.results import (
    QUESTIONS,
    ContactReport,
    Knowledge,
    QuestionResult,
    unanswered,
)

RESULT = QuestionResult(
    number=1,
    knowledge=Knowledge.KNOWN,
    answers=["An answer."],
    evidence={"ids": 2},
    facts={"id_form": "opaque"},
    settings=["A setting."],
    not_understood=["A problem."],
)


def report_of(*results: QuestionResult) -> ContactReport:
    return ContactReport(api_version="API 2.0", results=results, requests=3, budget=60)


def test_there_are_twelve_questions() -> None:
    assert list(QUESTIONS) == list(range(1, 13))


def test_a_report_is_json() -> None:
    decoded = json.loads(json.dumps(report_of(RESULT, unanswered(2, "No.", ["Why."])).as_json()))
    assert decoded["facts"] == {"id_form": "opaque"}
    assert [question["knowledge"] for question in decoded["questions"]] == ["known", "unknown"]
    assert decoded["questions"][1]["not_understood"] == ["Why."]


def test_a_report_is_text_with_answers_settings_and_problems() -> None:
    lines = list(report_of(RESULT).lines())
    assert lines[0] == "First contact over API 2.0: 1 of 1 questions are answered."
    assert lines[1] == "3 of at most 60 requests were sent. Nothing was changed."
    assert lines[-3:] == ["   An answer.", "   Setting: A setting.", "   Not understood: A problem."]
