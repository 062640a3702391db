"""IDs that decode, and that name the same message or hold. Their forms, not their values, are those of captures."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mimecast_secops.api.secure_ids import SecureId, decode_secure_id

NODE = {"tmnd": "usterm11", "tnde": "006"}
SECURE = {"secureid": "AAAA"}
HELD = (
    SECURE
    | NODE
    | {
        "messageStatusType": "held",
        "messageQueueId": 4242,
        "customercode": "CUSA1A1",
        "activeid": "CUSA1A1_4242_usterm11_006_guid-of-the-row",
        "version": 1,
    }
)
QUEUE_INFO = (
    SECURE
    | NODE
    | {
        "hldqid": 3249,
        "customercode": "CUSA1A1",
        "activeid": "CUSA1A1_4242_usterm11_006_another-guid",
        "version": 1,
    }
)
HOLD = SECURE | NODE | {"hldqid": 3249, "queue_id": 3249, "version": 1}
REJECTED = {"rejectid": 17, "messageStatusType": "rejected", "activeid": "CUSA1A1_4242_usterm11_006_x", "queue_id": 99}
ARCHIVED = {
    "messageStatusType": "archived",
    "messageQueueId": None,
    "tmnd": None,
    "tnde": None,
    "archiveid": "g_c-e_us01_1_CUSA1A1_20261101_1",
    "customercode": "CUSA1A1",
}


def encoded(members: Any) -> str:
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(members).encode())).rstrip(b"=").decode()


def decoded(members: Any) -> SecureId:
    secure_id = decode_secure_id(encoded(members))
    assert secure_id is not None
    return secure_id


def test_a_tracking_id_names_its_status_queue_number_and_node() -> None:
    secure_id = decoded(HELD)
    assert (secure_id.status, secure_id.queue_number, secure_id.node) == ("held", 4242, "usterm11/006")
    assert secure_id.hold_number is None


def test_queue_info_and_hold_id_name_the_same_hold() -> None:
    assert decoded(QUEUE_INFO).is_same_hold(decoded(HOLD)) is True
    assert decoded(QUEUE_INFO).is_same_hold(decoded(HOLD | {"hldqid": 1})) is False
    assert decoded(HELD).is_same_hold(decoded(HOLD)) is None


def test_tracking_id_and_queue_info_name_the_same_message() -> None:
    assert decoded(HELD).is_same_message(decoded(QUEUE_INFO)) is True


def test_a_rejected_id_has_its_number_in_the_active_id_only() -> None:
    rejected = decoded(REJECTED)
    assert rejected.is_same_message(decoded(HELD)) is True
    assert rejected.hold_number is None, "queue_id of a tracking ID is the number of another queue"


def test_archived_and_held_ids_have_nothing_in_common() -> None:
    assert decoded(ARCHIVED).is_same_message(decoded(HELD)) is None
    assert decoded(ARCHIVED).is_same_message(decoded(ARCHIVED)) is True
    assert decoded(ARCHIVED).is_same_message(decoded(ARCHIVED | {"archiveid": "another"})) is False


def test_equal_numbers_on_different_nodes_are_different_messages() -> None:
    elsewhere = HELD | {"tnde": "007"}
    assert decoded(elsewhere).is_same_message(decoded(HELD)) is False


def test_a_hold_id_without_hldqid_is_named_by_its_queue_id() -> None:
    assert decoded(SECURE | {"queue_id": 3249}).is_same_hold(decoded(HOLD)) is True


def test_numbers_may_be_texts() -> None:
    assert decoded(HOLD | {"hldqid": "3249"}).hold_number == 3249


def test_a_prefix_is_accepted() -> None:
    assert decode_secure_id("MTOKEN:" + encoded(HOLD)) == decoded(HOLD)


def test_the_representation_shows_no_value() -> None:
    assert repr(decoded(HELD)) == "SecureId(status, queue_number)"
    assert "CUSA" not in repr(decoded(ARCHIVED))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "eN",
        "hold-1",
        "ünreadable",
        "A" * 10_000,
        encoded([1, 2]),
        encoded({"customercode": "CUSA1A1"}),
        encoded({"hldqid": True}),
        encoded({"hldqid": {"nested": 1}}),
        encoded({"hldqid": "9" * 5_000}),
        encoded(HOLD)[:-6],
        encoded({"secureid": "A" * 1_000_000, "hldqid": 1}),
        base64.urlsafe_b64encode(zlib.compress(b'{"hldqid":' + b"[" * 5_000)).decode(),
        base64.urlsafe_b64encode(b'{"hldqid":1}').decode(),
    ],
)
def test_other_texts_do_not_decode(text: str) -> None:
    assert decode_secure_id(text) is None


@given(st.text() | st.binary().map(lambda content: base64.urlsafe_b64encode(zlib.compress(content)).decode()))
def test_any_text_is_decoded_or_not_without_an_error(text: str) -> None:
    decode_secure_id(text)


@given(
    st.dictionaries(
        st.sampled_from(["messageStatusType", "messageQueueId", "hldqid", "queue_id", "activeid", "tmnd", "archiveid"]),
        st.none() | st.integers() | st.text() | st.booleans() | st.lists(st.integers()),
    )
)
def test_members_of_any_kind_are_decoded_without_an_error(members: dict[str, Any]) -> None:
    secure_id = decode_secure_id(encoded(members))
    assert secure_id is None or secure_id.is_same_message(secure_id) in {True, None}
