"""What Stripe refuses, told to staff: at once where nobody can pay, otherwise when it is the same for several customers."""

from __future__ import annotations

import logging
import time

import redis

from integrations.payments import PaymentsError
from jobs.alerts import raise_alert
from jobs.queue_names import is_demo
from models import now
from pubsub import connection

log = logging.getLogger("serenade.refusals")
CUSTOMERS, MINUTES = 3, 10  # so many different orders within so many minutes are no customer's mistake


def note_refusal(form_id: str, error: PaymentsError) -> None:
    """Alert staff, once a day for each kind of refusal, where it is ours to mend. A Stripe that is away refuses nothing."""
    if error.reason == "unavailable" or is_demo(form_id):
        return
    today = f"{now():%Y-%m-%d}"
    if error.reason == "auth":
        raise_alert("stripe_key", today, f"Stripe refuses our key: nobody can pay ({_known(error)})")
    elif error.reason == "page_refused":
        raise_alert("stripe_page", today, f"nobody can pay, as nobody is sent to Stripe's payment page: {error.detail}")
    elif _customers(error.code, form_id) >= CUSTOMERS:
        detail = f"Stripe refused {CUSTOMERS} orders or more within {MINUTES} minutes, all with {_known(error)}"
        raise_alert("stripe_refuses", f"{error.code} {today}", detail)


def _known(error: PaymentsError) -> str:
    """What Stripe's support asks for. Its sentence may quote the customer and is left out."""
    return f"{error.code}, request {error.request_id or 'unknown'}"


def _customers(code: str, form_id: str) -> int:
    """How many orders met this refusal in the last minutes, this one included; 0 while Redis is away."""
    key, moment = f"serenade:refused:{code}", time.time()
    try:
        steps = connection().pipeline()
        steps.zadd(key, {form_id: moment})
        steps.zremrangebyscore(key, 0, moment - MINUTES * 60)
        steps.expire(key, MINUTES * 60)
        steps.zcard(key)
        return int(steps.execute()[-1])
    except redis.RedisError as away:
        log.warning("refusals could not be counted: %s", away.__class__.__name__)
        return 0
