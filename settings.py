"""Everything the environment decides: typed, frozen, read once."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from i18n import N_
from provider_settings import Vendor, read_vendors

STUDIO_RENDERER = "integrations.music.studio.child"


class SettingsError(Exception):
    """What is missing or wrong, all of it at once, one sentence a line."""


@dataclass(frozen=True)
class Package:
    """One thing we sell: how many songs, for how much (minor units)."""

    package_type: str
    label: str
    song_count: int
    amount: int
    currency: str = "usd"


@dataclass(frozen=True, repr=False)  # no repr: it would put secrets into logs
class Settings:
    """See README, 'Settings'. Every field has a working default on a laptop."""

    env: str
    host: str
    port: int
    public_url: str
    data_dir: Path
    secret_key: str
    service_token: str
    database_url: str
    redis_url: str
    storage_url: str
    workers: int
    music_providers: tuple[str, ...]
    max_attempts: int
    max_revisions: int
    max_more_versions: int
    attempt_minutes: int
    least_song_seconds: int
    uncertain_seconds: int
    vendors: Mapping[str, Vendor]
    allow_private_hosts: bool
    writer_base_url: str
    writer_api_key: str
    writer_model: str
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_api_base: str
    stripe_automatic_tax: bool
    stripe_promotion_codes: bool
    require_consent: bool
    share_after_refund: bool
    refund_undelivered: bool
    delivery_promise_hours: int
    staff_roles: Mapping[str, str]
    release_by_hand: bool
    metrics_token: str
    mail_from: str
    smtp_url: str
    embed_origins: tuple[str, ...]
    brand_name: str
    brand_colours: tuple[str, str] | None  # on light paper, on dark paper; None: ours
    operator_texts: Path  # terms.txt, privacy.txt, contact.txt, writer.txt in the operator's own words
    packages: Mapping[str, Package]
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...]
    rate_limits: Mapping[str, int]
    demo: bool
    demo_renderings: int
    young_seconds: int  # a part that dies within so many seconds of its start may be broken: the third time is the end
    studio_renderer: str  # the module that a rendering process runs; tests have one that needs no second

    @property
    def is_production(self) -> bool:
        """Twins are refused and cookies are secure."""
        return self.env == "production"

    @property
    def is_sandbox(self) -> bool:
        """Payments go to our own Stripe look-alike, not to Stripe."""
        return self.stripe_secret_key.startswith("sk_sandbox_")

    @property
    def webhook_secrets(self) -> tuple[str, ...]:
        """One, or two while the secret is being changed (comma separated, the newer first)."""
        return tuple(one.strip() for one in self.stripe_webhook_secret.split(",") if one.strip())

    @property
    def staff_emails(self) -> tuple[str, ...]:
        """Who is alerted: all of staff."""
        return tuple(self.staff_roles)

    @property
    def local_url(self) -> str:
        """How our own processes reach the web process on this machine."""
        return f"http://127.0.0.1:{self.port}"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read and check the environment; raises SettingsError naming everything that is wrong."""
    problems: list[str] = []
    env = environ.get("ENV", "development")
    if env not in ("development", "production"):
        problems.append(f"ENV is {env!r}; it must be 'development' or 'production'")
    production = env == "production"

    def integer(name: str, default: int, least: int, most: int) -> int:
        text = environ.get(name) or str(default)
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        problems.append(f"{name} is {text!r}; it must be a whole number from {least} to {most}")
        return default

    def switch(name: str, default: bool) -> bool:
        text = (environ.get(name) or str(default)).lower()
        if text not in ("true", "false"):
            problems.append(f"{name} is {text!r}; it must be 'true' or 'false'")
        return text == "true"

    port = integer("PORT", 8080, 1, 65535)
    data_dir = Path(environ.get("DATA_DIR") or "data").absolute()
    public_url = (environ.get("PUBLIC_URL") or f"http://localhost:{port}").rstrip("/")
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        problems.append(f"PUBLIC_URL is {public_url!r}; it must look like https://songs.example.com")
    providers = tuple(p.strip() for p in (environ.get("MUSIC_PROVIDERS") or "studio").split(",") if p.strip())
    stripe_key = environ.get("STRIPE_SECRET_KEY", "")
    if production:
        problems += _missing_in_production(environ, public_url, providers)
    elif not stripe_key:
        stripe_key = "sk_sandbox_" + _kept_secret(data_dir, "sandbox_key")[:24]
    settings = Settings(
        env=env,
        host=environ.get("HOST") or ("0.0.0.0" if production else "127.0.0.1"),  # noqa: S104 a server behind its proxy
        port=port,
        public_url=public_url,
        data_dir=data_dir,
        secret_key=environ.get("SECRET_KEY") or ("" if production else _kept_secret(data_dir, "secret_key")),
        service_token=environ.get("SERVICE_TOKEN", ""),
        database_url=environ.get("DATABASE_URL", ""),
        redis_url=environ.get("REDIS_URL", ""),
        storage_url=environ.get("STORAGE_URL") or f"file:{data_dir / 'audio'}",
        workers=integer("WORKERS", 2, 1, 64),
        music_providers=providers,
        max_attempts=integer("MAX_ATTEMPTS", 3, 1, 10),
        max_revisions=integer("MAX_REVISIONS", 3, 1, 20),
        max_more_versions=integer("MAX_MORE_VERSIONS", 2, 0, 60),
        attempt_minutes=integer("ATTEMPT_MINUTES", 15, 1, 600),
        least_song_seconds=integer("LEAST_SONG_SECONDS", 10, 1, 120),
        uncertain_seconds=integer("UNCERTAIN_SECONDS", 120, 1, 3600),
        vendors=read_vendors(environ, providers, problems),
        allow_private_hosts=environ.get("MUSIC_ALLOW_PRIVATE_HOSTS", "").lower() in ("1", "true", "yes"),
        writer_base_url=environ.get("WRITER_BASE_URL", "").rstrip("/"),
        writer_api_key=environ.get("WRITER_API_KEY", ""),
        writer_model=environ.get("WRITER_MODEL", ""),
        stripe_secret_key=stripe_key,
        stripe_webhook_secret=environ.get("STRIPE_WEBHOOK_SECRET")
        or ("" if production else "whsec_" + _kept_secret(data_dir, "webhook_secret")),
        stripe_api_base=environ.get("STRIPE_API_BASE")
        or (f"http://127.0.0.1:{port}/sandbox/stripe" if stripe_key.startswith("sk_sandbox_") else "https://api.stripe.com"),
        stripe_automatic_tax=switch("STRIPE_AUTOMATIC_TAX", False),
        stripe_promotion_codes=switch("STRIPE_PROMOTION_CODES", False),
        require_consent=switch("REQUIRE_CONSENT", False),
        share_after_refund=switch("SHARE_AFTER_REFUND", False),
        refund_undelivered=switch("REFUND_UNDELIVERED", True),
        delivery_promise_hours=integer("DELIVERY_PROMISE_HOURS", 24, 1, 720),
        staff_roles=_staff_roles(environ.get("STAFF_EMAILS", ""), problems),
        release_by_hand=switch("RELEASE_BY_HAND", False),
        metrics_token=environ.get("METRICS_TOKEN", ""),
        mail_from=environ.get("MAIL_FROM") or "Serenade <songs@localhost>",
        smtp_url=_smtp_url(environ, problems, production),
        embed_origins=_embed_origins(environ, problems),
        brand_name=environ.get("BRAND_NAME") or "Serenade",
        brand_colours=_colours(environ, problems),
        operator_texts=Path(environ.get("OPERATOR_TEXTS") or data_dir / "texts"),
        packages=_catalogue(environ, problems),
        trusted_proxies=_networks(environ.get("TRUSTED_PROXIES", ""), problems),
        rate_limits=_rate_limits(environ.get("RATE_LIMITS", ""), production, problems),
        demo=switch("DEMO", not production),
        demo_renderings=integer("DEMO_RENDERINGS", 2, 1, 64),
        young_seconds=integer("RESTART_YOUNG_SECONDS", 5, 1, 60),
        studio_renderer=environ.get("STUDIO_RENDERER") or STUDIO_RENDERER,
    )
    if problems:
        raise SettingsError("\n".join(problems))
    return settings


def _missing_in_production(environ: Mapping[str, str], public_url: str, providers: tuple[str, ...]) -> list[str]:
    """One sentence for each thing that production refuses to guess."""
    needed = ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL"]
    needed += ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "MAIL_FROM"]
    problems = [f"{name} is missing" for name in needed if not environ.get(name)]
    if environ.get("STRIPE_WEBHOOK_SECRET") and not environ["STRIPE_WEBHOOK_SECRET"].replace(",", "").strip():
        problems.append("STRIPE_WEBHOOK_SECRET is empty")
    if environ.get("STRIPE_SECRET_KEY", "").startswith("sk_sandbox_"):
        problems.append("STRIPE_SECRET_KEY is a sandbox key; production takes Stripe's own")
    if environ.get("SECRET_KEY") and len(environ["SECRET_KEY"]) < 32:
        problems.append("SECRET_KEY is shorter than 32 characters")
    if environ.get("SERVICE_TOKEN") and len(environ["SERVICE_TOKEN"]) < 32:
        problems.append("SERVICE_TOKEN is shorter than 32 characters (leave it out to trust no other server)")
    if not public_url.startswith("https://"):
        problems.append("PUBLIC_URL must start with https:// in production")
    if "studio" in providers and "studio" not in environ.get("MUSIC_PROVIDERS", ""):
        problems.append("MUSIC_PROVIDERS is missing (name 'studio' on purpose to sell the embedded studio's songs)")
    if environ.get("STUDIO_RENDERER", STUDIO_RENDERER) != STUDIO_RENDERER:
        problems.append("STUDIO_RENDERER is for tests only: production sells what the studio really renders")
    return problems


def _smtp_url(environ: Mapping[str, str], problems: list[str], production: bool) -> str:
    """`smtp://user:password@host:587` (STARTTLS), `smtps://` (TLS from the start), or `outbox:`, the folder in DATA_DIR."""
    url = environ.get("SMTP_URL", "")
    if not url and production:
        problems.append("SMTP_URL is missing (name 'outbox:' on purpose to keep mails in a folder)")
    parts = urlsplit(url)
    if url and url != "outbox:" and (parts.scheme not in ("smtp", "smtps") or not parts.hostname):
        problems.append("SMTP_URL must look like smtp://user:password@mail.example.com:587, smtps://... or outbox:")
    return url or "outbox:"


def _embed_origins(environ: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    """Web pages that may show a gift in a frame: origins, or `*` for all. Unset: none but our own."""
    origins = tuple(environ.get("EMBED_ORIGINS", "").replace(",", " ").split())
    for origin in origins:
        parts = urlsplit(origin)
        if origin != "*" and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path or ";" in origin):
            problems.append(f"EMBED_ORIGINS has {origin!r}; it must look like https://blog.example.com, or be *")
    return origins


def _catalogue(environ: Mapping[str, str], problems: list[str]) -> dict[str, Package]:
    """The one list of what is sold. PRICES overrides amounts: `solo-serenade=999,holiday-hamper=2499`."""
    amounts = {"solo-serenade": 999, "holiday-hamper": 2499}
    currency = environ.get("CURRENCY", "usd").lower()
    if currency not in ("usd", "eur", "gbp", "cad", "aud", "chf"):
        problems.append(f"CURRENCY is {currency!r}; it must be one of usd, eur, gbp, cad, aud, chf (two-decimal currencies)")
    for item in filter(None, environ.get("PRICES", "").split(",")):
        name, _, text = item.strip().partition("=")
        if name not in amounts or not text.isascii() or not text.isdigit() or int(text) < 50:
            problems.append(f"PRICES has {item!r}; it must look like solo-serenade=999 (minor units, 50 or more)")
        else:
            amounts[name] = int(text)
    return {
        "solo-serenade": Package("solo-serenade", N_("Solo Serenade"), 1, amounts["solo-serenade"], currency),
        "holiday-hamper": Package("holiday-hamper", N_("Holiday Hamper"), 3, amounts["holiday-hamper"], currency),
    }


LIGHT_PAPER, DARK_PAPER = "#fdf7ef", "#180e15"
READABLE = 4.5  # contrast of text, WCAG 2.2 AA


def _colours(environ: Mapping[str, str], problems: list[str]) -> tuple[str, str] | None:
    """BRAND_COLOUR and BRAND_COLOUR_DARK: of links, buttons and what is chosen. Both or none, and both readable."""
    light, dark = environ.get("BRAND_COLOUR", "").lower(), environ.get("BRAND_COLOUR_DARK", "").lower()
    if not light and not dark:
        return None
    for name, colour, paper in (("BRAND_COLOUR", light, LIGHT_PAPER), ("BRAND_COLOUR_DARK", dark, DARK_PAPER)):
        if not re.fullmatch("#[0-9a-f]{6}", colour):
            problems.append(f"{name} is {colour!r}; it must look like #9b2346 (set both BRAND_COLOUR and BRAND_COLOUR_DARK)")
        elif contrast(colour, paper) < READABLE:
            problems.append(f"{name} is {colour!r}; its contrast on {paper} is {contrast(colour, paper):.1f}, below {READABLE}")
    return light, dark


def contrast(one: str, other: str) -> float:
    """Of two colours like #9b2346, from 1 to 21 (WCAG)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# How much one key may do per hour (`login` by e-mail address, `logins` by network address); `budget` (variations made for
# everybody) per day; `pages` (per minute and address) and `waiting` (pages drawn for browsers that have not come back yet)
# are counted in the web process, see ui/middleware/request_guard.py.
LIMITS = {"read": 6000, "write": 2000, "generate": 60, "checkout": 60, "login": 6, "logins": 30, "pages": 120}
LIMITS |= {"waiting": 45, "demo": 60, "bars": 60}  # demo: scenes begun; bars: eight bars made for the widget
# A day's: variations for all, variations per giver's address, presses of the button per caller. line: variations in line.
LIMITS |= {"budget": 3000, "giver": 90, "starts": 200, "line": 900}
# On a laptop every request comes from 127.0.0.1, tests and benches included: only what costs something is counted there.
GENEROUS = {"login": 60, "waiting": 400, "budget": 100_000}


def _rate_limits(text: str, production: bool, problems: list[str]) -> dict[str, int]:
    """RATE_LIMITS overrides single rules: `generate=100,login=10`."""
    limits = dict(LIMITS if production else GENEROUS)
    for item in filter(None, text.split(",")):
        name, _, number = item.strip().partition("=")
        if name in LIMITS and number.isascii() and number.isdigit() and 0 < int(number) <= 10**9:
            limits[name] = int(number)
        else:
            problems.append(f"RATE_LIMITS has {item!r}; it must look like generate=60, one of {', '.join(LIMITS)}")
    return limits


ROLES = ("viewer", "support", "admin")  # each may do what those before it may


def _staff_roles(text: str, problems: list[str]) -> dict[str, str]:
    """STAFF_EMAILS: `ann@example.com=admin, sam@example.com`; a plain address is support."""
    found = {}
    for item in filter(None, (part.strip() for part in text.split(","))):
        address, _, role = (part.strip() for part in item.partition("="))
        if "@" not in address or (role or "support") not in ROLES:
            problems.append(f"STAFF_EMAILS has {item!r}; it must look like ann@example.com=admin, one of {', '.join(ROLES)}")
        found[address.lower()] = role or "support"
    return found


def _networks(text: str, problems: list[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """TRUSTED_PROXIES: whose X-Forwarded-For is believed, as addresses or networks: `10.0.0.0/8,::1`."""
    found = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        try:
            found.append(ip_network(item, strict=False))
        except ValueError:
            problems.append(f"TRUSTED_PROXIES has {item!r}; it must be an address or a network like 10.0.0.0/8")
    return tuple(found)


def _kept_secret(data_dir: Path, name: str) -> str:
    """A secret made on first use and kept in DATA_DIR, so that restarts and sibling processes agree."""
    path = data_dir / "secrets" / name
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mine = path.with_suffix(f".{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_text(secrets.token_hex(32))
    try:
        os.link(mine, path)  # atomic: the first process wins, the others read what it wrote
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return path.read_text()


settings = read_settings(os.environ)
