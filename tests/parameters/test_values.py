"""The values of parameters: text in any spelling becomes a typed value, or an error of one sentence."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mimecast_secops.api import Secret
from mimecast_secops.parameters import InvalidParameter, declared, integer, items, parse, read_time, text, unexpanded
from tests.parameters.forms import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Only mandatory ones."""

    a: str = text("A", "A.", mandatory=True)
    b: int = integer("B", "B.", default=3, mandatory=True)
    c: tuple[str, ...] = items("C", "C.", mandatory=True)


def form(**raw: object) -> Form:
    return parse(Form, {name.title(): value for name, value in raw.items()})[0]


def refusal(**raw: object) -> str:
    with pytest.raises(InvalidParameter) as caught:
        form(**raw)
    assert f'"{caught.value.parameter}"' in str(caught.value)
    assert caught.value.parameter in {name.title() for name in raw}
    return str(caught.value)


def test_without_input_every_field_has_its_default() -> None:
    assert parse(Form, {}) == (Form(), ())
    assert (Form().name, Form().words, Form().states, Form().since) == ("nobody", ("one", "two"), ("held",), None)


@given(st.sampled_from([parameter.name for parameter in declared(Form)]), st.sampled_from(["", " ", "\n\t", None]))
def test_an_empty_value_is_the_default(name: str, nothing: str | None) -> None:
    record, notes = parse(Form, {name: nothing})
    wanted = Form(states=()) if name == "States" and nothing is not None else Form()
    assert (record, notes) == (wanted, ())


def test_a_list_that_may_be_emptied_stays_empty_when_it_was_emptied() -> None:
    assert form(states="").states == ()
    assert form(states="held,bounced").states == ("held", "bounced")
    assert parse(Form, {})[0].states == ("held",)


def test_names_that_are_not_declared_are_ignored() -> None:
    assert parse(Form, {"Nonsense": "x", "name": "lower case is another name"})[0] == Form()


def test_blanks_around_a_text_are_taken_off() -> None:
    assert form(name="  a b \n").name == "a b"


def test_a_number_is_a_text_where_a_text_is_wanted() -> None:
    assert form(name=17).name == "17"


def test_a_text_with_its_own_syntax_is_validated_by_its_check() -> None:
    assert form(upper="abc").upper == "ABC"
    assert refusal(upper="bad") == '"Upper" is bad.'


def test_a_mandatory_value_must_be_given() -> None:
    cases: list[dict[str, object]] = [{}, {"A": ""}, {"A": " "}, {"A": None}]
    for missing in cases:
        with pytest.raises(InvalidParameter, match='"A" is mandatory and was not given') as caught:
            parse(Needed, {**missing, "C": "x"})
        assert caught.value.parameter == "A"


def test_a_mandatory_value_with_a_default_has_one() -> None:
    assert parse(Needed, {"A": "x", "C": "y"})[0] == Needed(a="x", b=3, c=("y",))


def test_a_mandatory_list_of_nothing_was_not_given() -> None:
    with pytest.raises(InvalidParameter, match='"C" is mandatory'):
        parse(Needed, {"A": "x", "C": " , "})


# flags


@pytest.mark.parametrize("value", [True, "true", "True", "TRUE", " true\n", "yes", "Yes", "on", "1", "y", "t", 1])
def test_true_in_every_spelling(value: object) -> None:
    assert form(off=value).off is True


@pytest.mark.parametrize("value", [False, "false", "False", "FALSE", " false ", "no", "off", "0", "n", "f", 0])
def test_false_in_every_spelling(value: object) -> None:
    assert form(on=value).on is False


@pytest.mark.parametrize("value", ["maybe", "2", "truefalse", "-", "wahr", 2, 1.5])
def test_a_flag_that_is_neither(value: object) -> None:
    assert refusal(on=value) == f'"On" cannot be "{value}": true or false is accepted.'


# numbers


@pytest.mark.parametrize("value", ["7", " 7 ", 7, 7.0, "7.0", "+7", "7e0"])
def test_a_whole_number_in_every_spelling(value: object) -> None:
    assert form(count=value).count == 7


@pytest.mark.parametrize("value", ["0", "11", "-1", "1.5", "x", "nan", "inf", "1e999", "7,5", True])
def test_a_number_that_is_none_or_out_of_bounds(value: object) -> None:
    assert refusal(count=value).endswith("a whole number of at least 1 and at most 10 is accepted.")


@given(st.integers())
def test_a_number_is_accepted_exactly_within_its_bounds(number: int) -> None:
    if 1 <= number <= 10:
        assert form(count=number).count == number
    else:
        refusal(count=number)


@pytest.mark.parametrize("value", ["0", "-3", "many", "2.5", "nan"])
def test_a_forgiving_number_falls_back_to_the_default_with_a_note(value: str) -> None:
    record, notes = parse(Form, {"Limit": value})
    assert record.limit == 50
    assert tuple(map(str, notes)) == (
        f'"Limit" cannot be "{value}" (a whole number of at least 1 is accepted): 50 is used.',
    )


@given(st.integers(min_value=1, max_value=2**53))
def test_a_good_number_is_taken_as_it_is(number: int) -> None:
    assert parse(Form, {"Limit": str(number)}) == (Form(limit=number), ())


# choices


@pytest.mark.parametrize("value", ["Deep Blue", "deep blue", "DEEP BLUE", " Deep Blue "])
def test_an_option_in_any_case_is_the_option(value: str) -> None:
    assert form(colour=value).colour == "Deep Blue"


@pytest.mark.parametrize("value", ["Blue", "Deep  Blue", "Red,Deep Blue", "1"])
def test_an_unknown_option_is_rejected_with_the_list_of_options(value: str) -> None:
    assert refusal(colour=value) == f'"Colour" cannot be "{value}": accepted are Red, Deep Blue.'


# lists


@pytest.mark.parametrize(
    "value",
    [
        "a,b,c",
        " a , b ,c ",
        "a,\nb,\r\nc",
        "a\nb\nc",
        ",a,,b,c,",
        "a,b,a,c,b",
        ["a", "b", "c"],
        ("a", " b ", "c"),
        ["a,b", "c"],
    ],
)
def test_a_list_in_every_spelling(value: object) -> None:
    assert form(words=value).words == ("a", "b", "c")


def test_a_list_of_addresses_names_the_invalid_entry() -> None:
    assert form(copies="a@x.org,\nb@x.org").copies == ("a@x.org", "b@x.org")
    sentence = refusal(copies="a@x.org,root")
    assert sentence == '"Copies" cannot be "root": an email address such as ann@example.com is accepted.'


@pytest.mark.parametrize("value", ["small, EXTRA large", ["Small", "Extra Large"], "extra large,small,small"])
def test_choices_have_the_spelling_of_the_options(value: object) -> None:
    assert set(form(sizes=value).sizes) == {"Small", "Extra Large"}


@pytest.mark.parametrize("value", ["all", "ALL,small", "nonsense,all"])
def test_all_stands_for_every_choice(value: str) -> None:
    assert form(sizes=value).sizes == ()


def test_unknown_choices_among_known_ones_are_left_out_with_a_note() -> None:
    parsed, notes = parse(Form, {"Sizes": "tiny, small, huge"})
    assert parsed.sizes == ("Small",)
    assert tuple(map(str, notes)) == ('"Sizes": tiny, huge is not known and is left out; Small is used.',)


def test_unknown_choices_only_are_an_error() -> None:
    assert refusal(sizes="tiny,huge") == '"Sizes" cannot be "tiny, huge": accepted are Small, Extra Large, or "all".'


def test_every_entry_of_a_list_is_checked_and_unique() -> None:
    assert form(hosts="a,A,b").hosts == ("A", "B")
    with pytest.raises(InvalidParameter, match='"Upper" is bad'):
        form(hosts="a,bad")


# addresses and placeholders


def test_an_address_is_one_address() -> None:
    assert form(mail=" ann@example.com ").mail == "ann@example.com"
    assert "an email address such as" in refusal(mail="a@x.org,b@x.org")


@pytest.mark.parametrize("value", ["[Event.sender]", "[Event.event_network_email_from]", "[Step.JsonResult.id]"])
def test_an_unreplaced_placeholder_is_named(value: str) -> None:
    assert "placeholder" in unexpanded(value)
    assert "placeholder" in refusal(mail=value)
    assert "placeholder" in refusal(copies=f"a@x.org,{value}")


@pytest.mark.parametrize("value", ["ann@example.com", "[x]", "Event.sender", "", "[", "a [b.c]"])
def test_other_text_is_no_placeholder(value: str) -> None:
    assert unexpanded(value) == ""


# secrets


def test_a_secret_never_shows_itself() -> None:
    record = form(key=" hunter2-hunter2 ")
    assert record.key.reveal() == "hunter2-hunter2"
    assert "hunter2" not in repr(record)
    assert form(key=Secret("hunter2-hunter2")).key == record.key
    assert not Form().key


# times


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-03-07T16:03:00Z", datetime(2026, 3, 7, 16, 3, tzinfo=UTC)),
        ("2026-03-07T16:03:00", datetime(2026, 3, 7, 16, 3, tzinfo=UTC)),
        ("2026-03-07 16:03", datetime(2026, 3, 7, 16, 3, tzinfo=UTC)),
        ("2026-03-07", datetime(2026, 3, 7, tzinfo=UTC)),
        ("2026-03-07T18:03:00+02:00", datetime(2026, 3, 7, 16, 3, tzinfo=UTC)),
        ("2026-03-07T16:03:00+0000", datetime(2026, 3, 7, 16, 3, tzinfo=UTC)),
        (" 2026-03-07T16:03:00.250Z ", datetime(2026, 3, 7, 16, 3, 0, 250000, tzinfo=UTC)),
    ],
)
def test_a_time_is_aware_and_utc_without_a_zone(value: str, moment: datetime) -> None:
    since = form(since=value).since
    assert since == moment
    assert since is not None
    assert since.tzinfo is not None


@pytest.mark.parametrize("value", ["now", "07.03.2026", "2026-3-7", "2026-02-30", "16:03", "1772899380"])
def test_a_time_that_is_none(value: str) -> None:
    assert refusal(since=value).endswith("a time in ISO 8601 is accepted, such as 2026-03-07T16:03:00Z.")


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=5.5))])))
def test_a_time_that_was_written_is_read_again(moment: datetime) -> None:
    assert read_time(moment.isoformat()) == moment
    assert read_time(moment.replace(tzinfo=None).isoformat()) == moment.replace(tzinfo=UTC)


# anything


@given(
    st.dictionaries(
        st.sampled_from([parameter.name for parameter in declared(Form)]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    )
)
@example({"Sizes": "\u202etiny"})
@example({"Sizes": "small,\u202etiny"})
@example({"Sizes": "tiny" * 100})
def test_any_input_becomes_a_record_or_one_sentence(raw: dict[str, object]) -> None:
    rejected: InvalidParameter | None = None
    record, notes = parse(Form, {})
    try:
        record, notes = parse(Form, raw)
    except InvalidParameter as error:
        rejected = error
    if rejected:
        sentence = str(rejected)
        assert rejected.parameter in raw
        assert f'"{rejected.parameter}"' in sentence
        assert sentence.endswith(".")
        assert sentence.isprintable()
        assert len(sentence) < 300
    assert record.colour in ("Red", "Deep Blue")
    assert 1 <= record.count <= 10
    assert record.limit >= 1
    assert all(str(note).isprintable() for note in notes)


# records


def test_a_parsed_record_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        form().name = "x"  # type: ignore[misc]
