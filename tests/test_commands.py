"""What operators read when they type something wrong: one sentence in their words, and nothing has changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

import cli
from integrations.payments import PaymentsError
from jobs.payments import reconciliation, refunds
from jobs.payments.dispute_evidence import private_zip
from models import NotFoundError, WrongMomentError

ID = "form_1700000000000_abcdefghijklmnopqrstuv"


@pytest.mark.parametrize(("command", "arguments", "said"), [
    (cli.refund_command, (ID, "3"), "AMOUNT must look like 3.00"),
    (cli.refund_command, (ID, "-3.00"), "AMOUNT must look like 3.00"),
    (cli.refund_command, (ID, "٣.00"), "AMOUNT must look like 3.00"),
    (cli.reconcile, ("x",), "DAYS must be a whole number of at most four digits"),
    (cli.reconcile, ("9" * 30,), "DAYS must be a whole number of at most four digits"),
    (cli.grant_command, ("ann", "3"), "EMAIL must be one address, such as ann@example.com"),
    (cli.grant_command, ("ann@example.com", "9" * 30), "NUMBER must be a whole number, such as 3 or -1"),
    (cli.grant_command, ("ann@example.com", "1_0"), "NUMBER must be a whole number, such as 3 or -1"),
    (cli.grant_command, ("3", "ann@example.com"), "EMAIL must be one address, such as ann@example.com"),
    (cli.export_command, ("ann", "x.zip"), "EMAIL must be one address, such as ann@example.com"),
    (cli.export_command, ("a@b.example, c@d.example", "x.zip"), "EMAIL must be one address, such as ann@example.com"),
    (cli.signout, ("ann",), "EMAIL must be one address, such as ann@example.com"),
    (cli.forget_command, ("",), "EMAIL must be one address, such as ann@example.com"),
    (cli.doctor, ("--yaml",), "The only option of doctor is --json"),
])  # fmt: skip
def test_a_wrong_argument_is_named_before_anything_is_asked(
    capsys: pytest.CaptureFixture[str], command: Callable[..., int], arguments: tuple[str, ...], said: str
) -> None:
    assert command(*arguments) == 2
    assert capsys.readouterr() == ("", f"{said}\n")


@pytest.mark.parametrize(("raised", "said"), [
    (NotFoundError("no ComposeForm 'form_1'"), "Nothing was given back: No order has the id 'form_1700000000000_abcde…'."),
    (WrongMomentError("3.00 is left to give back"), "Nothing was given back: 3.00 is left to give back."),
    (PaymentsError("auth", "401 sk_live_x"), "Nothing was given back: Stripe refuses our key (STRIPE_SECRET_KEY)."),
    (PaymentsError("missing", "404"), "Nothing was given back: Stripe does not know this payment: "),
    (PaymentsError("unavailable", "timeout"), "Maybe nothing was given back: Stripe does not answer. Type the same again"),
    (PaymentsError("rejected", "400 no funds"), "Nothing was given back: Stripe refuses it (400 no funds)."),
    (PaymentsError("bad_answer", "x"), "Nothing was given back: Stripe answered something that cannot be read."),
])  # fmt: skip
def test_a_refund_that_fails_says_why_in_an_operator_s_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: Exception, said: str
) -> None:
    def fail(*_: object) -> int:
        raise raised

    monkeypatch.setattr(refunds, "refund_form", fail)
    assert cli.refund_command(ID) == 1
    told = capsys.readouterr().err
    assert (told.startswith(said), told.count("\n"), "ComposeForm" in told, ID in told) == (True, 1, False, False), told


def test_a_stripe_that_cannot_be_asked_is_a_sentence_for_reconcile_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: int) -> None:
        raise PaymentsError("auth", "401 sk_live_x")

    monkeypatch.setattr(reconciliation, "differences_with_stripe", fail)
    assert (cli.reconcile(), capsys.readouterr().err) == (2, "Stripe refuses our key (STRIPE_SECRET_KEY).\n")


@pytest.mark.parametrize("was_there", [False, True])
def test_what_is_exported_is_for_this_user_s_eyes_alone_and_whole_or_not_there(tmp_path: Path, was_there: bool) -> None:
    target = tmp_path / "x.zip"
    if was_there:
        target.touch(mode=0o644)
    with private_zip(target) as archive:
        archive.writestr("a", "b")
    assert (target.stat().st_mode & 0o777, target.stat().st_size > 0) == (0o600, True)

    with suppress(ZeroDivisionError), private_zip(target) as archive:
        archive.writestr("a", str(1 // 0))
    assert not target.exists()
