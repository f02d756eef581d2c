"""Everything the environment decides: typed, frozen, read once. Each module imports `settings`, the one object there is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import mail_settings as mail
import settings_checks as checks
from packages import Package, read_packages
from provider_settings import Vendor, read_vendors
from settings_checks import ROLES, Environment, contrast, kept_secret

__all__ = ["ROLES", "Package", "Settings", "SettingsError", "contrast", "read_settings", "settings"]


class SettingsError(ValueError):
    """What is missing or wrong, all of it at once, one sentence a line."""


@dataclass(frozen=True, repr=False)
class _Site:
    """Address, storage and limits."""

    env: str
    host: str
    port: int
    public_url: str
    data_dir: Path
    secret_key: str
    secret_key_before: str  # still believed, while SECRET_KEY is being changed; nothing new is signed with it
    service_token: str
    database_url: str
    redis_url: str
    storage_url: str
    workers: int
    metrics_token: str
    log_format: str
    sentry_dsn: str
    otlp_endpoint: str
    embed_origins: tuple[str, ...]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    rate_limits: Mapping[str, int]
    demo: bool
    demo_renderings: int
    studio_gives_way: bool
    young_seconds: int  # a part that exits within so many seconds of its start may be broken: the third time is the end


@dataclass(frozen=True, repr=False)
class _Making:
    """Writer, music providers, and attempts."""

    music_providers: tuple[str, ...]
    max_attempts: int
    max_revisions: int
    max_more_versions: int
    attempt_minutes: int
    least_song_seconds: int
    most_words_a_minute: int
    uncertain_seconds: int
    repeats_per_day: int  # submits whose answer was lost, repeated by themselves: each may have been bought twice
    vendors: Mapping[str, Vendor]
    allow_private_hosts: bool
    writer_base_url: str
    writer_api_key: str
    writer_model: str
    transcription_base_url: str  # "": no recogniser hears the songs
    transcription_api_key: str
    transcription_model: str
    remakes_per_day: int  # versions that are made again by themselves because their sound check failed
    studio_renderer: str  # the module that a rendering process runs; tests have one that needs no second


@dataclass(frozen=True, repr=False)
class _Selling:
    """Prices, payment and guarantees."""

    packages: Mapping[str, Package]
    extra_prices: Mapping[str, int]  # what a giver may buy on top, in minor units; what is not offered is not in it
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_api_base: str
    stripe_checkout_hosts: tuple[str, ...]
    stripe_automatic_tax: bool
    stripe_promotion_codes: bool
    require_consent: bool
    share_after_refund: bool
    refund_undelivered: bool
    delivery_promise_hours: int
    release_by_hand: bool


@dataclass(frozen=True, repr=False)
class _Operator:
    """The operator: name, colours, texts, mail and staff."""

    staff_roles: Mapping[str, str]
    mail_from: str
    smtp_url: str
    smtp_plain: bool  # no STARTTLS, to a relay inside a private network
    smtp_ehlo_name: str  # "": this machine's own name
    smtp_utf8: bool  # whether an address may have letters outside ASCII before the @
    security_contact: str  # where a weakness can be reported, as a URL; "": no security.txt
    brand_name: str
    brand_colours: tuple[str, str] | None  # on light paper, on dark paper; None: ours
    operator_texts: Path  # terms.txt, privacy.txt, contact.txt, writer.txt in the operator's own words


@dataclass(frozen=True, repr=False)  # no repr: it would show secrets in logs
class Settings(_Operator, _Selling, _Making, _Site):
    """See docs/settings.md. Every field has a working default on a laptop."""

    given: frozenset[str]  # names of the variables that are set

    @property
    def is_production(self) -> bool:
        """Built-in stand-ins are refused and cookies are secure."""
        return self.env == "production"

    @property
    def is_sandbox(self) -> bool:
        """Payments go to our own Stripe look-alike, not to Stripe."""
        return self.stripe_secret_key.startswith("sk_sandbox_")

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The key that signs, and the one before it while that is still believed."""
        return tuple(filter(None, (self.secret_key, self.secret_key_before)))

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """One, or two while the secret is being changed (comma separated, the newer first)."""
        return tuple(one.strip() for one in self.stripe_webhook_secret.split(",") if one.strip())

    @property
    def staff_emails(self) -> tuple[str, ...]:
        """Where alerts go: all of staff."""
        return tuple(self.staff_roles)

    @property
    def local_url(self) -> str:
        """How our own processes reach the web process on this machine."""
        return checks.local_url(self.host, self.port)

    def use_stores(self, database_url: str, redis_url: str) -> None:
        """The stores that this process starts for itself and its children: said once, before anything connects to them."""
        object.__setattr__(self, "database_url", database_url)
        object.__setattr__(self, "redis_url", redis_url)

    @contextmanager
    def override(self, **changes: Any) -> Iterator[None]:
        """Other values for a while, for everybody who holds these settings: what tests and benches change, they change here.

        The product itself never does. What was read before (a connection, a provider's adapter) stays as it is.
        Raises TypeError for a name that is no setting.
        """
        other = replace(self, **changes)
        before = {name: getattr(self, name) for name in changes}
        try:
            for name in changes:
                object.__setattr__(self, name, getattr(other, name))
            yield
        finally:
            for name, value in before.items():
                object.__setattr__(self, name, value)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check the environment; raises SettingsError naming everything that is wrong."""
    environment = Environment.cleaned(environ)
    checks.note_wrong_schemes(environment)
    site, making = _site(environment), _making(environment)
    parts = (site, making, _selling(environment, site), _operator(environment, site))
    if environment.is_production:
        checks.note_missing_in_production(environment, site.public_url, making.music_providers)
    checks.note_missing_packages(environment)
    if environment.problems:
        raise SettingsError("\n".join(environment.problems))
    given = frozenset(name for name in environment.asked if environment.variables.get(name))
    return Settings(given=given, **{field.name: getattr(part, field.name) for part in parts for field in fields(part)})


def _site(environment: Environment) -> _Site:
    text, production = environment.text, environment.is_production
    env = environment.variables.get("ENV", "development")  # set but empty counts as not set
    if env not in ("development", "production"):
        environment.problems.append(f"ENV is {env!r}; it must be 'development' or 'production'")
    host, port = checks.host(environment), environment.integer("PORT", 8080, 1, 65535)
    data_dir = Path(os.path.expanduser(text("DATA_DIR", "data"))).absolute()  # never raises, unlike Path.expanduser
    return _Site(
        env=env,
        host=host,
        port=port,
        public_url=_public_url(environment, host, port),
        data_dir=data_dir,
        secret_key=text("SECRET_KEY") or ("" if production else kept_secret(data_dir, "secret_key")),
        secret_key_before=text("SECRET_KEY_BEFORE"),
        service_token=text("SERVICE_TOKEN"),
        database_url=mail.url_with_password(environment, "DATABASE_URL"),
        redis_url=mail.url_with_password(environment, "REDIS_URL"),
        storage_url=checks.storage_url(environment, data_dir),
        workers=environment.integer("WORKERS", 2, 1, 64),
        metrics_token=text("METRICS_TOKEN"),
        log_format=checks.log_format(environment),
        sentry_dsn=text("SENTRY_DSN"),
        otlp_endpoint=text("OTEL_EXPORTER_OTLP_ENDPOINT"),
        embed_origins=checks.embed_origins(environment),
        trusted_proxies=checks.trusted_proxies(environment),
        rate_limits=checks.rate_limits(environment),
        demo=environment.switch("DEMO", not production),
        demo_renderings=environment.integer("DEMO_RENDERINGS", 2, 1, 64),
        studio_gives_way=environment.switch("STUDIO_GIVES_WAY", True),
        young_seconds=environment.integer("RESTART_YOUNG_SECONDS", 5, 1, 60),
    )


def _public_url(environment: Environment, host: str, port: int) -> str:
    listens_to_localhost = host in (*checks.ALL_ADDRESSES, "127.0.0.1")
    url = environment.text("PUBLIC_URL", f"http://localhost:{port}" if listens_to_localhost else checks.local_url(host, port))
    url = url.rstrip("/")
    parts = checks.split_url(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or " " in url:
        environment.problems.append(f"PUBLIC_URL is {url!r}; it must look like https://songs.example.com")
    return url


def _making(environment: Environment) -> _Making:
    text, integer = environment.text, environment.integer
    providers = tuple(name.strip() for name in text("MUSIC_PROVIDERS", "studio").split(",") if name.strip())
    return _Making(
        music_providers=providers,
        max_attempts=integer("MAX_ATTEMPTS", 3, 1, 10),
        max_revisions=integer("MAX_REVISIONS", 3, 1, 20),
        max_more_versions=integer("MAX_MORE_VERSIONS", 2, 0, 60),
        attempt_minutes=integer("ATTEMPT_MINUTES", 15, 1, 600),
        least_song_seconds=integer("LEAST_SONG_SECONDS", 10, 1, 120),
        most_words_a_minute=integer("MOST_WORDS_A_MINUTE", 300, 60, 100_000),
        uncertain_seconds=integer("UNCERTAIN_SECONDS", 120, 1, 3600),
        repeats_per_day=integer("UNCERTAIN_REPEATS_PER_DAY", 20, 0, 10_000),
        vendors=read_vendors(environment.variables, providers, environment.problems),
        allow_private_hosts=text("MUSIC_ALLOW_PRIVATE_HOSTS").lower() in ("1", "true", "yes"),
        writer_base_url=text("WRITER_BASE_URL").rstrip("/"),
        writer_api_key=text("WRITER_API_KEY"),
        writer_model=text("WRITER_MODEL"),
        transcription_base_url=text("TRANSCRIPTION_BASE_URL").rstrip("/"),
        transcription_api_key=text("TRANSCRIPTION_API_KEY"),
        transcription_model=text("TRANSCRIPTION_MODEL", "whisper-1"),
        remakes_per_day=integer("REMAKES_PER_DAY", 20, 0, 10_000),
        studio_renderer=text("STUDIO_RENDERER", checks.STUDIO_RENDERER),
    )


def _selling(environment: Environment, site: _Site) -> _Selling:
    text, switch, production = environment.text, environment.switch, environment.is_production
    key = text("STRIPE_SECRET_KEY")
    if not key and not production:
        key = "sk_sandbox_" + kept_secret(site.data_dir, "sandbox_key")[:24]
    sandbox = f"{checks.local_url(site.host, site.port)}/sandbox/stripe"
    return _Selling(
        packages=read_packages(environment),
        extra_prices=checks.extra_prices(environment),
        stripe_secret_key=key,
        stripe_webhook_secret=text("STRIPE_WEBHOOK_SECRET")
        or ("" if production else "whsec_" + kept_secret(site.data_dir, "webhook_secret")),
        stripe_api_base=text("STRIPE_API_BASE", sandbox if key.startswith("sk_sandbox_") else "https://api.stripe.com"),
        stripe_checkout_hosts=checks.checkout_hosts(environment),
        stripe_automatic_tax=switch("STRIPE_AUTOMATIC_TAX", False),
        stripe_promotion_codes=switch("STRIPE_PROMOTION_CODES", False),
        require_consent=switch("REQUIRE_CONSENT", False),
        share_after_refund=switch("SHARE_AFTER_REFUND", False),
        refund_undelivered=switch("REFUND_UNDELIVERED", True),
        delivery_promise_hours=environment.integer("DELIVERY_PROMISE_HOURS", 24, 1, 720),
        release_by_hand=switch("RELEASE_BY_HAND", False),
    )


def _operator(environment: Environment, site: _Site) -> _Operator:
    text = environment.text
    return _Operator(
        staff_roles=checks.staff_roles(environment),
        mail_from=mail.mail_from(environment),
        smtp_url=(smtp := mail.smtp_url(environment)),
        smtp_plain=mail.smtp_plain(environment, smtp),
        smtp_ehlo_name=mail.smtp_ehlo_name(environment),
        smtp_utf8=environment.switch("SMTP_UTF8", smtp == "outbox:"),
        security_contact=mail.security_contact(environment),
        brand_name=text("BRAND_NAME", "Serenade"),
        brand_colours=checks.brand_colours(environment),
        operator_texts=Path(text("OPERATOR_TEXTS") or site.data_dir / "texts"),
    )


settings = read_settings(os.environ)
