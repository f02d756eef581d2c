"""Every status there is, which may follow which, and every set of them that the code asks for.

`transitions` keeps to LIFECYCLES, the database's CHECKs too. The members are plain strings to SQL and JSON.
"""

from __future__ import annotations

from enum import StrEnum


class FormStatus(StrEnum):
    """Where an order is."""

    CREATED = "created"
    PROMPTS_GENERATED = "prompts_generated"
    VARIATIONS_GENERATING = "variations_generating"
    VARIATIONS_READY = "variations_ready"
    PAYMENT_INITIATED = "payment_initiated"
    PAYMENT_COMPLETED = "payment_completed"
    DELIVERED = "delivered"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class VariationStatus(StrEnum):
    """Where one version of a song is."""

    QUEUED = "queued"
    SUBMITTED = "submitted"
    GENERATING = "generating"
    READY = "ready"
    FAILED = "failed"


class VariationStep(StrEnum):
    """Where our own work on an attempt is, while it is submitted or generating. What a provider says of its work is `stage`."""

    SUBMITTING = "submitting"  # bytes may have been sent, and there is no task id yet
    UNCERTAIN = "uncertain"  # the answer was lost: it is unknown whether the provider began
    WAITING = "waiting"  # the task is known; its provider is asked where it is
    FINISHING = "finishing"  # the audio can be fetched


class CheckoutStatus(StrEnum):
    """Where one attempt to pay is."""

    OPEN = "open"
    PAYMENT_PENDING = "payment_pending"
    PAID = "paid"
    FULFILLED = "fulfilled"
    PARTIALLY_REFUNDED = "partially_refunded"
    DISPUTED = "disputed"
    EXPIRED = "expired"
    PAYMENT_FAILED = "payment_failed"
    REFUNDED = "refunded"


class EmailStatus(StrEnum):
    """Where one e-mail is."""

    QUEUED = "queued"
    FAILED = "failed"
    SENT = "sent"
    CANCELLED = "cancelled"


class BonusState(StrEnum):
    """Whether a clip that came on top has been fetched. Not in LIFECYCLES: no customer sees it, and nothing follows from it."""

    WAITING = "waiting"
    KEPT = "kept"
    GONE = "gone"


STEP = "variation_step"  # the noun of the steps in LIFECYCLES and in the timeline

_PAYMENT: dict[str | None, tuple[str | None, ...]] = {
    CheckoutStatus.OPEN: (CheckoutStatus.PAID, CheckoutStatus.PAYMENT_PENDING, CheckoutStatus.EXPIRED),
    CheckoutStatus.PAYMENT_PENDING: (CheckoutStatus.PAID, CheckoutStatus.PAYMENT_FAILED),
    CheckoutStatus.PAID: (
        CheckoutStatus.FULFILLED,
        CheckoutStatus.PARTIALLY_REFUNDED,
        CheckoutStatus.REFUNDED,
        CheckoutStatus.DISPUTED,
    ),
    CheckoutStatus.FULFILLED: (CheckoutStatus.PARTIALLY_REFUNDED, CheckoutStatus.REFUNDED, CheckoutStatus.DISPUTED),
    CheckoutStatus.PARTIALLY_REFUNDED: (
        CheckoutStatus.FULFILLED,
        CheckoutStatus.REFUNDED,
        CheckoutStatus.DISPUTED,
        CheckoutStatus.PAID,
    ),
    CheckoutStatus.DISPUTED: (
        CheckoutStatus.FULFILLED,
        CheckoutStatus.PARTIALLY_REFUNDED,
        CheckoutStatus.REFUNDED,
        CheckoutStatus.PAID,
    ),
    # what Stripe says counts: money that arrived is never ignored
    CheckoutStatus.EXPIRED: (CheckoutStatus.PAID, CheckoutStatus.PAYMENT_PENDING),
    CheckoutStatus.PAYMENT_FAILED: (CheckoutStatus.PAID,),
    CheckoutStatus.REFUNDED: (  # a refund can fail days later
        CheckoutStatus.FULFILLED,
        CheckoutStatus.PARTIALLY_REFUNDED,
        CheckoutStatus.DISPUTED,
        CheckoutStatus.PAID,
    ),
}

# None: the attempt is at none of the steps. A step ends with the status that it belongs to, wherever it stands then.
LIFECYCLES: dict[str, dict[str | None, tuple[str | None, ...]]] = {
    "form": {
        FormStatus.CREATED: (FormStatus.PROMPTS_GENERATED, FormStatus.EXPIRED),
        FormStatus.PROMPTS_GENERATED: (FormStatus.VARIATIONS_GENERATING, FormStatus.EXPIRED),
        FormStatus.VARIATIONS_GENERATING: (FormStatus.VARIATIONS_READY, FormStatus.PAYMENT_INITIATED, FormStatus.EXPIRED),
        FormStatus.VARIATIONS_READY: (FormStatus.VARIATIONS_GENERATING, FormStatus.PAYMENT_INITIATED, FormStatus.EXPIRED),
        FormStatus.PAYMENT_INITIATED: (
            FormStatus.VARIATIONS_READY,
            FormStatus.VARIATIONS_GENERATING,
            FormStatus.PAYMENT_COMPLETED,
            FormStatus.EXPIRED,
        ),
        FormStatus.PAYMENT_COMPLETED: (FormStatus.DELIVERED, FormStatus.REFUNDED),
        FormStatus.DELIVERED: (FormStatus.REFUNDED,),
        FormStatus.EXPIRED: (),
        # the refund failed at the bank: the song is paid for again
        FormStatus.REFUNDED: (FormStatus.PAYMENT_COMPLETED, FormStatus.DELIVERED),
    },
    "variation": {
        VariationStatus.QUEUED: (VariationStatus.SUBMITTED, VariationStatus.FAILED),
        VariationStatus.SUBMITTED: (
            VariationStatus.GENERATING,
            VariationStatus.READY,
            VariationStatus.FAILED,
            VariationStatus.QUEUED,
        ),
        VariationStatus.GENERATING: (VariationStatus.READY, VariationStatus.FAILED, VariationStatus.QUEUED),
        VariationStatus.FAILED: (VariationStatus.QUEUED,),
        VariationStatus.READY: (),
    },
    STEP: {
        None: (VariationStep.SUBMITTING,),
        # None: it was cut short where a repeat is safe. A synchronous provider's receipt is the audio itself.
        VariationStep.SUBMITTING: (None, VariationStep.UNCERTAIN, VariationStep.WAITING, VariationStep.FINISHING),
        # itself: another sign of it, from when the time to look for the task is counted anew
        VariationStep.UNCERTAIN: (VariationStep.UNCERTAIN, VariationStep.WAITING, VariationStep.FINISHING),
        VariationStep.WAITING: (VariationStep.FINISHING,),
        VariationStep.FINISHING: (),
    },
    "checkout_session": _PAYMENT,
    "extra_purchase": _PAYMENT,
    "email": {
        EmailStatus.QUEUED: (EmailStatus.SENT, EmailStatus.FAILED, EmailStatus.CANCELLED),
        EmailStatus.FAILED: (EmailStatus.QUEUED,),
        EmailStatus.SENT: (),
        EmailStatus.CANCELLED: (EmailStatus.SENT,),  # it was on its way already
    },
}

# Forms
BEFORE_VARIATIONS = (FormStatus.CREATED, FormStatus.PROMPTS_GENERATED)
BEFORE_READY = (*BEFORE_VARIATIONS, FormStatus.VARIATIONS_GENERATING)
BEFORE_PAYING = (*BEFORE_READY, FormStatus.VARIATIONS_READY)
UNPAID = (*BEFORE_PAYING, FormStatus.PAYMENT_INITIATED)
WITH_PROMPTS = tuple(status for status in UNPAID if status is not FormStatus.CREATED)
WITH_VARIATIONS = (FormStatus.VARIATIONS_GENERATING, FormStatus.VARIATIONS_READY)
CHOOSING = (*WITH_VARIATIONS, FormStatus.PAYMENT_INITIATED)
BETWEEN_RECORDINGS = (FormStatus.PROMPTS_GENERATED, FormStatus.VARIATIONS_READY)  # there are words, and nothing is being made
PAID = (FormStatus.PAYMENT_COMPLETED, FormStatus.DELIVERED)
EVER_PAID = (*PAID, FormStatus.REFUNDED)
FROM_PAYING_ON = (FormStatus.PAYMENT_INITIATED, *EVER_PAID)
REACHABLE = (*WITH_PROMPTS, *PAID)  # for a trusted server (jobs/contract/trusted_patch.py)
OVER = (FormStatus.EXPIRED, FormStatus.REFUNDED)

# Variations
AT_PROVIDER = (VariationStatus.SUBMITTED, VariationStatus.GENERATING)  # the only ones that have a step
UNFINISHED = (VariationStatus.QUEUED, *AT_PROVIDER)
ENDED = (VariationStatus.READY, VariationStatus.FAILED)

# Attempts to pay
UNDECIDED = (CheckoutStatus.OPEN, CheckoutStatus.PAYMENT_PENDING)  # Stripe knows more than we do
UNDER_WAY = (*UNDECIDED, CheckoutStatus.PAID)
MONEY_MOVES = (*UNDER_WAY, CheckoutStatus.DISPUTED)  # it may still turn into a sale
PAID_STANDINGS = (
    CheckoutStatus.FULFILLED,
    CheckoutStatus.PARTIALLY_REFUNDED,
    CheckoutStatus.DISPUTED,
)  # counted, not all given back
COUNTED = (*PAID_STANDINGS, CheckoutStatus.REFUNDED)  # it bought something, whatever became of it
MONEY_KEPT = (CheckoutStatus.PAID, *PAID_STANDINGS)  # it arrived, and not all of it was given back
MONEY_ARRIVED = (CheckoutStatus.PAID, *COUNTED)

# A form with money under way does not expire: whatever still arrives is delivered or given back.
MONEY_FIRST = """NOT EXISTS (SELECT 1 FROM checkout_sessions s WHERE s.form_id = %s
    AND (s.status IN ('open', 'payment_pending', 'paid') OR s.refund_due IS NOT NULL))"""
# docs/decisions/0010
OLD_WORDS: dict[str, str] = {
    "composing": FormStatus.CREATED,
    "payment_successful": FormStatus.PAYMENT_COMPLETED,
    "completed": FormStatus.DELIVERED,
}
OLD_PACKAGES = {"single": "solo-serenade", "bundle": "holiday-hamper"}
