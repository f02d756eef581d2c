"""Whether what settings name works, tried from here: the writer, music providers, Stripe, storage and mail."""

from __future__ import annotations

import secrets
from functools import partial
from urllib.parse import parse_qs, urlsplit

from integrations import payments
from integrations.mail import MailError
from integrations.music import MusicError, Reason
from integrations.payments import PaymentsError, lookups
from integrations.storage import StorageError, storage
from integrations.transcription import TranscriptionError
from integrations.writer.probe import probe
from jobs.generation.hearing import recogniser
from jobs.generation.providers import provider
from jobs.monitoring.check_results import Check, CheckResult, broken, doubtful, fine, run_checks
from jobs.monitoring.machine_checks import MACHINE_CHECKS
from jobs.payments.stripe_events import PINNED_VERSION, WATCHED
from jobs.price_text import price
from settings import settings

_SECONDS = 12.0  # for all checks together: they run side by side
_NO_TASK = "00000000-0000-0000-0000-000000000000"


def check_configuration() -> dict[str, CheckResult]:
    """Every check by its name, in the order in which to read them."""
    music: dict[str, Check] = {f"music {name}": partial(_music, name) for name in settings.music_providers}
    return run_checks(
        {
            **MACHINE_CHECKS,
            "writer": _writer,
            "recogniser": _recogniser,
            **music,
            "stripe key": _stripe_key,
            "stripe webhook": _stripe_webhook,
            "extras": _extras,
            "storage": _storage,
            "mail": _mail,
        },
        _SECONDS,
    )


def _writer() -> CheckResult:
    """One tiny completion."""
    if not settings.writer_base_url:
        return fine("the built-in lyricist writes, because WRITER_BASE_URL is not set")
    model = settings.writer_model
    problem = probe(settings.writer_base_url, settings.writer_api_key, model, _SECONDS - 2)
    if not problem:
        return fine(f"chat model {model} answers")
    to_do = {
        "HTTP 401": "set WRITER_API_KEY",
        "HTTP 403": "set WRITER_API_KEY, or let this key use the model",
        "HTTP 404": "correct WRITER_MODEL, or the path of WRITER_BASE_URL (most end with /v1)",
        "HTTP 402": "pay the account",
        "HTTP 429": "the account is over its limit or has no credit: look there",
    }.get(problem, "look whether WRITER_BASE_URL is right and reachable from here")
    return broken(f"chat model {model} does not answer ({problem}); the built-in lyricist writes meanwhile", to_do)


def _recogniser() -> CheckResult:
    """A moment of silence, which costs next to nothing."""
    listener = recogniser()
    if listener is None:
        return fine("off: sung words are not checked, because TRANSCRIPTION_BASE_URL is not set")
    try:
        listener.probe(_SECONDS - 2)
    except TranscriptionError as error:
        to_do = {
            Reason.AUTH.value: "set TRANSCRIPTION_API_KEY",
            Reason.OUT_OF_CREDIT.value: "pay the account",
            Reason.RATE_LIMITED.value: "the account is over its limit: look there",
            "not_found": "correct TRANSCRIPTION_MODEL, or the path of TRANSCRIPTION_BASE_URL (most end with /v1)",
        }.get(str(error.reason), "look whether TRANSCRIPTION_BASE_URL is right and reachable from here")
        return broken(f"{listener.model} does not hear ({error.reason}); songs are sold without a check of their words", to_do)
    return fine(f"{listener.model} hears; every version's sound is sent there")


def _music(name: str) -> CheckResult:
    """The balance where the vendor tells it, else a look for a task that is not there: neither costs anything."""
    if name == "studio":
        return fine("built in, needs no account")
    known = "takes the key" if settings.vendors[name].api_key else "answers"
    try:
        left = provider(name).balance()
        if left is None:
            provider(name).statuses([_NO_TASK])
            return fine(f"{known}; it tells no balance")
    except MusicError as error:
        return _refused(name, error.reason, known)
    if left <= 0:
        return broken(f"{known}, and no credit is left", "buy credit; other providers take over meanwhile")
    return fine(f"{known}; {left:g} credits left")


def _refused(name: str, reason: Reason, known: str) -> CheckResult:
    variable = f"{name.upper()}_API_KEY"
    match reason:
        case Reason.BAD_REQUEST | Reason.LOST | Reason.MODERATION:
            return fine(f"{known}; it tells no balance")
        case Reason.RATE_LIMITED:
            return doubtful("asks us to come back later (rate limit)", "try again in a minute")
        case Reason.AUTH if provider(name).capabilities.synchronous:
            return doubtful("refuses the key, or lets it make music only", f"set {variable}, or let it read its balance")
        case Reason.AUTH:
            return broken("refuses the key", f"set {variable}")
        case Reason.OUT_OF_CREDIT:
            return broken("has no credit left", "buy credit; other providers take over meanwhile")
        case Reason.TRANSIENT:
            return broken("cannot be reached", f"look whether {name.upper()}_BASE_URL is right and reachable from here")
    return doubtful(f"answers something unexpected ({reason})", f"look whether {name.upper()}_BASE_URL is right")


def _stripe_key() -> CheckResult:
    if settings.is_sandbox:
        return fine("payments go to the built-in sandbox: no money moves")
    if not settings.stripe_secret_key.startswith(("sk_", "rk_")):
        return broken("is no secret key", "set STRIPE_SECRET_KEY to one that begins with sk_ or rk_")
    try:
        lookups.prove_key(payments.account())
    except PaymentsError as error:
        if error.reason == "auth":
            return broken("Stripe refuses the key", "set STRIPE_SECRET_KEY; a restricted key needs Checkout Sessions: write")
        return broken(f"Stripe does not answer as it should ({error.reason})", "try again; see status.stripe.com")
    live = payments.account().livemode
    if settings.is_production and not live:
        return doubtful("Stripe takes the key, which is of the test mode: no money moves", "set the live key to sell")
    if live and not settings.is_production:
        return doubtful("Stripe takes the key, which is live: real money moves", "set ENV=production, or a test key")
    return fine(f"Stripe takes the key ({'live' if live else 'test'} mode)")


def _stripe_webhook() -> CheckResult:
    """Whether Stripe knows where we are, and sends what we need."""
    if settings.is_sandbox:
        return fine("the sandbox delivers its own events")
    url = f"{settings.public_url}/api/stripe/webhook"
    by_hand = f"look in Stripe's dashboard whether an endpoint {url} has the events of docs/operations.md"
    try:
        found = [one for one in lookups.webhook_endpoints(payments.account()) if one.url.rstrip("/") == url]
    except PaymentsError as error:
        return doubtful(f"Stripe does not show us its endpoints ({error.reason})", by_hand)
    if not found:
        say = broken if payments.account().livemode else doubtful  # in test mode `stripe listen` may bring the events
        return say(f"no endpoint at Stripe leads to {url}", "add it there (same mode as the key), or correct PUBLIC_URL")
    working = [one for one in found if one.is_enabled]
    if not working:
        return broken("the endpoint is disabled", "enable it in Stripe's dashboard")
    events = frozenset().union(*(one.events for one in working))
    if missing := [] if "*" in events else sorted(set(WATCHED) - events):
        return broken(f"these events are not sent: {', '.join(missing)}", "add them to the endpoint in Stripe's dashboard")
    if other := [one.api_version for one in working if one.api_version not in (None, PINNED_VERSION)]:
        return doubtful(
            f"events come as API version {other[0]}, we read {PINNED_VERSION}", "make a new endpoint of that version"
        )
    if len(working) > 1:
        return doubtful(f"{len(working)} endpoints lead here, every event arrives as often", "delete all but one")
    return fine("the endpoint is enabled and sends every event that we need")


def _extras() -> CheckResult:
    """What a giver may keep beside an order, and whether it can be made."""
    prices, currency = settings.extra_prices, next(iter(settings.packages.values())).currency
    if not prices:
        return fine("nothing is sold beside an order: EXTRA_VERSIONS_PRICE and INSTRUMENTAL_PRICE are not set")
    sold = "sold beside an order: " + ", ".join(f"{what} {price(amount, currency)}" for what, amount in prices.items())
    if "instrumental" in prices and "studio" not in settings.music_providers:
        return doubtful(
            f"{sold}; nobody can make the instrumental", "name studio in MUSIC_PROVIDERS, or unset INSTRUMENTAL_PRICE"
        )
    return fine(sold)


def _storage() -> CheckResult:
    """Put, read, delete: what an order needs."""
    folder, content = f"doctor_{secrets.token_hex(8)}", secrets.token_bytes(64)
    key = f"{folder}/probe.mp3"
    where = _storage_place()
    try:
        storage().put(key, content)
        try:
            same = storage().get(key) == content
        finally:
            storage().remove(folder)
        left = storage().size(key)
    except (StorageError, OSError) as error:
        answer = getattr(error.__cause__, "response", {})  # of a bucket: AccessDenied, NoSuchBucket, ...
        code = answer.get("Error", {}).get("Code", "") if isinstance(answer, dict) else ""
        said = f"{error}{f' ({code})' if code else ''}" if isinstance(error, StorageError) else str(error.strerror)
        return broken(
            f"{where}: {said.replace(key, 'a file')}", "let this user write there, or correct STORAGE_URL and its keys"
        )
    if not same:
        return broken(f"{where}: a file came back different", "do not sell on this storage")
    if left is not None:
        return broken(f"{where}: a file is still there after it was deleted", "let our key delete; versioning may keep it too")
    return fine(f"{where}: put, read and deleted a file")


def _storage_place() -> str:
    """STORAGE_URL without what may be a secret."""
    parts = urlsplit(settings.storage_url)
    if parts.scheme != "s3":
        return settings.storage_url
    endpoint = urlsplit(parse_qs(parts.query).get("endpoint", [""])[0]).hostname
    return f"s3://{parts.hostname}{parts.path}" + (f" at {endpoint}" if endpoint else "")


def _mail() -> CheckResult:
    if settings.smtp_url == "outbox:":
        return fine(f"no relay: emails stay in {settings.data_dir / 'outbox'}")
    from integrations.mail.smtp import Smtp

    relay = Smtp(settings.smtp_url, plain=settings.smtp_plain, ehlo_name=settings.smtp_ehlo_name)
    try:
        relay.prove()
    except MailError as error:
        to_do = "correct user and password in SMTP_URL (percent-encoded), or the relay's TLS"
        if "no connection" in str(error):
            to_do = "correct host and port in SMTP_URL; many providers block port 25: try 587"
        return broken(f"{relay.host} port {relay.port}: {error}", to_do)
    login = "took the login" if relay.user else "asks for no login"
    return fine(f"{relay.host} port {relay.port} {login}; nothing was sent")
