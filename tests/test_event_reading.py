"""Reading a signed event: every odd header, body and shape is refused (docs/reliability.md 1.1)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.payments import BadEvent, read_event
from integrations.payments.sandbox.objects import API_VERSION
from tests.support.sandbox_server import SECRET

NOW = 1_800_000_000


EVENT = {
    "id": "evt_1",
    "object": "event",
    "type": "checkout.session.completed",
    "livemode": False,
    "api_version": API_VERSION,
    "created": NOW,
    "data": {"object": {"id": "cs_1", "object": "checkout.session"}},
}


def signed(body: bytes, *secrets: str, at: int = NOW) -> str:
    """The header as the SDK itself makes it, one v1 for each secret."""
    from stripe import WebhookSignature

    def v1(secret: str) -> str:
        return str(WebhookSignature.generate_signature_header(body.decode("utf-8"), secret, at)).split(",")[1]

    return ",".join([f"t={at}", *(v1(secret) for secret in secrets or (SECRET,))])


def dumped(**changes: Any) -> bytes:
    return json.dumps({**EVENT, **changes}).encode()


def test_a_signed_event_is_read() -> None:
    event = read_event(dumped(), signed(dumped()), [SECRET], NOW)
    assert (event.id, event.object_id, event.object_type, event.livemode) == (
        "evt_1",
        "cs_1",
        "checkout.session",
        False,
    )
    assert (event.created, event.api_version, event.payload) == (NOW, API_VERSION, EVENT)
    assert read_event(dumped(api_version=None, data={"object": {"object": "balance"}}), *_balance(), NOW).object_id == ""


def _balance() -> tuple[str, list[str]]:
    return signed(dumped(api_version=None, data={"object": {"object": "balance"}})), [SECRET]


def test_secrets_and_signatures_may_rotate() -> None:
    assert read_event(dumped(), signed(dumped(), "old", SECRET), [SECRET], NOW).id == "evt_1"
    assert read_event(dumped(), signed(dumped(), "old"), [SECRET, "old"], NOW).id == "evt_1"


@pytest.mark.parametrize("off", [-301, 301, -3600, 3600, 10**9])
def test_a_signature_from_another_time_is_refused(off: int) -> None:
    with pytest.raises(BadEvent, match="old"):
        read_event(dumped(), signed(dumped(), at=NOW + off), [SECRET], NOW)
    assert read_event(dumped(), signed(dumped(), at=NOW + 299), [SECRET], NOW)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        "t=,v1=",
        f"t={NOW}",
        "v1=é",
        f"t={NOW},v1=é",
        f"t=²,v1={'0' * 64}",
        f"t={NOW},v0={'0' * 64}",
        f"t=-1,v1={'0' * 64}",
        f"t={'9' * 5000},v1={'0' * 64}",
        f"t={NOW},v1=\x00\ud800",
        ",,,===",
    ],
)
def test_a_header_that_is_no_signature_is_refused(header: str) -> None:
    with pytest.raises(BadEvent):
        read_event(dumped(), header, [SECRET], NOW)


def test_a_changed_body_another_secret_or_none_is_refused() -> None:
    respelled = json.dumps(EVENT, separators=(",", ":")).encode()
    for body, secrets in ((respelled, [SECRET]), (dumped(livemode=True), [SECRET]), (dumped(), ["other"]), (dumped(), [])):
        with pytest.raises(BadEvent, match="no signature fits"):
            read_event(body, signed(dumped()), secrets, NOW)
    with pytest.raises(BadEvent, match="no signature fits"):
        read_event(dumped(), signed(dumped(), " "), ["", " "], NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'"evt_1"',
        dumped()[:-3],
        b"\xef\xbb\xbf" + dumped(),
        dumped(object="v2.core.event"),
        dumped(data=None),
        dumped(data=[]),
        dumped(data={}),
        dumped(data={"object": "cs_1"}),
        dumped(data={"object": {"id": 7, "object": "x"}}),
        dumped(data={"object": {"id": "x"}}),
        dumped(id=None),
        dumped(id=""),
        dumped(id=["evt_1"]),
        dumped(id="e" * 256),
        dumped(type=7),
        dumped(created="now"),
        dumped(created=True),
        dumped(created=-1),
        dumped(created=10**18),
        dumped(livemode="false"),
        dumped(livemode=None),
        dumped(api_version=2026),
        dumped(more=float("nan")),
        dumped(more=float("inf")),
        dumped().replace(b'"evt_1"', b'"evt_1", "more": 1e999'),
        dumped().replace(b'"evt_1"', b'"evt_1", "more": ' + b"9" * 5000),
        dumped(more="a\0b"),
        dumped(more="\ud800"),
        b"[" * 100_000,
        dumped().replace(b'"evt_1"', b'"evt_1", "more": ' + b"[" * 500 + b"]" * 500),
    ],
)
def test_a_signed_body_of_the_wrong_shape_is_refused(body: bytes) -> None:
    with pytest.raises(BadEvent):
        read_event(body, signed(body), [SECRET], NOW)


def test_a_signed_body_that_is_not_utf_8_is_refused() -> None:
    from integrations.payments.sandbox.delivery import signature

    body = dumped().replace(b"evt_1", b"evt_\xff")
    with pytest.raises(BadEvent):
        read_event(body, signature(body, SECRET), [SECRET])
