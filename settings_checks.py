"""How single settings are read from the environment and checked; all errors are collected and reported together."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

STUDIO_RENDERER = "integrations.music.studio.child"  # the module that a rendering process runs


@dataclass(frozen=True)
class Environment:
    """The variables as they are set, and one sentence for each thing that is wrong with them."""

    variables: Mapping[str, str]
    problems: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # the names that were asked for

    @classmethod
    def cleaned(cls, variables: Mapping[str, str]) -> Environment:
        """Without what the way here added: blanks, line ends, a pair of quotation marks (`docker --env-file` keeps them)."""
        found = cls({name: _bare(value) for name, value in variables.items()})
        if first := next((name for name in variables if name.startswith("\ufeff")), ""):
            found.problems.append(
                f"the file of settings begins with a byte order mark, before {first[1:]}: save it without one"
            )
        return found

    @property
    def is_production(self) -> bool:
        """ENV=production: nothing is guessed, and no built-in stand-in takes the place of a real service."""
        return self.text("ENV") == "production"

    def text(self, name: str, default: str = "") -> str:
        """A variable that is empty counts as not set."""
        self.asked.add(name)
        found = self.variables.get(name) or default
        if not found.isprintable() and name not in {problem.split(" ")[0] for problem in self.problems}:
            self.problems.append(f"{name} holds a line end, another control character, or bytes that are not UTF-8")
        return found

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number within these bounds."""
        text = self.text(name, str(default))
        if text.isascii() and text.isdigit() and least <= int(text) <= most:
            return int(text)
        self.problems.append(f"{name} is {text!r}; it must be a whole number from {least} to {most}")
        return default

    def switch(self, name: str, default: bool) -> bool:
        """`true` or `false`."""
        text = self.text(name, str(default)).lower()
        if text not in ("true", "false"):
            self.problems.append(f"{name} is {text!r}; it must be 'true' or 'false'")
        return text == "true"


def _bare(value: str) -> str:
    value = value.strip()
    return value[1:-1].strip() if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value


def split_url(url: str) -> SplitResult:
    """The parts of an address; all of them empty where it is none (`https://[`, a port beyond 65535)."""
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else urlsplit("")
    except ValueError:
        return urlsplit("")


_SCHEMES = {
    "DATABASE_URL": ("postgresql://user:password@host:5432/name", ("postgresql://", "postgres://")),
    "REDIS_URL": ("redis://:password@host:6379/0", ("redis://", "rediss://", "unix://")),
}


def note_wrong_schemes(environment: Environment) -> None:
    """The stores' addresses begin as such addresses do. They are not quoted: they hold passwords."""
    for name, (example, schemes) in _SCHEMES.items():
        url = environment.text(name)
        if url and not url.lower().startswith(schemes):
            environment.problems.append(f"{name} must look like {example}; it may begin with {', '.join(schemes)}")


def note_missing_in_production(environment: Environment, public_url: str, providers: tuple[str, ...]) -> None:
    """One sentence for each thing that production refuses to guess."""
    needed = ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL"]
    needed += ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "MAIL_FROM"]
    environ, problems = environment.variables, environment.problems
    problems += [f"{name} is missing" for name in needed if not environ.get(name)]
    if environ.get("STRIPE_WEBHOOK_SECRET") and not environ["STRIPE_WEBHOOK_SECRET"].replace(",", "").strip():
        problems.append("STRIPE_WEBHOOK_SECRET is empty")
    if environ.get("STRIPE_SECRET_KEY", "").startswith("sk_sandbox_"):
        problems.append("STRIPE_SECRET_KEY is a sandbox key; production takes Stripe's own")
    for name in ("SECRET_KEY", "SECRET_KEY_BEFORE"):
        if environ.get(name) and len(environ[name]) < 32:
            problems.append(f"{name} is shorter than 32 characters")
    if environ.get("SERVICE_TOKEN") and len(environ["SERVICE_TOKEN"]) < 32:
        problems.append("SERVICE_TOKEN is shorter than 32 characters (leave it out to trust no other server)")
    if not public_url.startswith("https://"):
        problems.append("PUBLIC_URL must start with https:// in production")
    if "studio" in providers and "studio" not in environ.get("MUSIC_PROVIDERS", ""):
        problems.append("MUSIC_PROVIDERS is missing (name 'studio' on purpose to sell the embedded studio's songs)")
    if environ.get("STUDIO_RENDERER", STUDIO_RENDERER) != STUDIO_RENDERER:
        problems.append("STUDIO_RENDERER is for tests only: production sells what the studio really renders")


ALL_ADDRESSES = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 listening to all of them: how to reach one's own machine


def note_missing_packages(environment: Environment) -> None:
    """Addresses that only count with packages of requirements-observability.txt: without them nothing starts."""
    for name, packages in _NEEDED.items():
        address = environment.text(name)
        if address and not all(map(_is_installed, packages)):
            environment.problems.append(
                f"{name} is set, and what it needs is not installed: pip install -r requirements-observability.txt"
            )
        if address and not address.startswith(("https://", "http://")):
            environment.problems.append(f"{name} must begin with https:// or http://")


_NEEDED = {
    "SENTRY_DSN": ("sentry_sdk",),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"),
}


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package around it
        return False


def log_format(environment: Environment) -> str:
    """LOG_FORMAT: `text` for people, `json` for programs; JSON in production where nothing is said."""
    found = environment.text("LOG_FORMAT", "json" if environment.is_production else "text").lower()
    if found not in ("text", "json"):
        environment.problems.append(f"LOG_FORMAT is {found!r}; it must be 'text' or 'json'")
    return found


def host(environment: Environment) -> str:
    """HOST: an address of this machine, with or without brackets, `0.0.0.0` or `::` for all of them, or a host name."""
    found = environment.text("HOST", "0.0.0.0" if environment.is_production else "127.0.0.1")  # noqa: S104 behind its proxy
    bare = found[1:-1] if found.startswith("[") and found.endswith("]") else found
    try:
        return str(ip_address(bare))
    except ValueError:
        if not re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", found):
            environment.problems.append(
                f"HOST is {found!r}; it must be an address like 192.0.2.7 or ::, or a host name; no port"
            )
    return found


def local_url(host: str, port: int) -> str:
    """How a process on this machine reaches the one that listens there."""
    reached = ALL_ADDRESSES.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def storage_url(environment: Environment, data_dir: Path) -> str:
    """STORAGE_URL: `file:/path`, or `s3://bucket/prefix`."""
    url = environment.text("STORAGE_URL", f"file:{data_dir / 'audio'}")
    if not (url.startswith("file:") and len(url) > 5) and not re.match(r"s3://[^/?]+", url):
        environment.problems.append("STORAGE_URL must look like file:/srv/songs or s3://bucket/prefix?endpoint=https://...")
    return url


def embed_origins(environment: Environment) -> tuple[str, ...]:
    """Web pages that may show a gift in a frame: origins, or `*` for all. Unset: none but our own."""
    origins = tuple(environment.text("EMBED_ORIGINS").replace(",", " ").split())
    for origin in origins:
        parts = split_url(origin)
        if origin != "*" and (parts.scheme not in ("http", "https") or not parts.netloc or parts.path or ";" in origin):
            environment.problems.append(f"EMBED_ORIGINS has {origin!r}; it must look like https://blog.example.com, or be *")
    return origins


def checkout_hosts(environment: Environment) -> tuple[str, ...]:
    """STRIPE_CHECKOUT_HOSTS: names of hosts, where Stripe's payment page may be besides Stripe's own."""
    hosts = tuple(environment.text("STRIPE_CHECKOUT_HOSTS").lower().replace(",", " ").split())
    for host in hosts:
        if not re.fullmatch(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]+", host):
            environment.problems.append(f"STRIPE_CHECKOUT_HOSTS has {host!r}; it must look like pay.songs.example.com")
    return hosts


PAPER_LIGHT, PAPER_DARK = "#fdf7ef", "#180e15"  # the background of pages
READABLE = 4.5  # contrast of text, WCAG 2.2 AA


def brand_colours(environment: Environment) -> tuple[str, str] | None:
    """BRAND_COLOUR and BRAND_COLOUR_DARK: of links, buttons and what is chosen. Both or none, and both readable."""
    light, dark = environment.text("BRAND_COLOUR").lower(), environment.text("BRAND_COLOUR_DARK").lower()
    if not light and not dark:
        return None
    for name, colour, paper in (("BRAND_COLOUR", light, PAPER_LIGHT), ("BRAND_COLOUR_DARK", dark, PAPER_DARK)):
        if not re.fullmatch("#[0-9a-f]{6}", colour):
            environment.problems.append(
                f"{name} is {colour!r}; it must look like #9b2346 (set both BRAND_COLOUR and BRAND_COLOUR_DARK)"
            )
        elif contrast(colour, paper) < READABLE:
            environment.problems.append(
                f"{name} is {colour!r}; its contrast on {paper} is {contrast(colour, paper):.1f}, below {READABLE}"
            )
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
_LIMITS = {"read": 6000, "write": 2000, "generate": 60, "checkout": 60, "login": 6, "logins": 30, "pages": 120}
_LIMITS |= {
    "waiting": 45,
    "demo": 60,
    "bars": 60,
    "names": 240,
    "stories": 60,
}  # demo: scenes begun; bars: for the widget; names: sung in the form; stories: read by the chat model
# Per day: variations for all, variations per giver's address, starts per caller. line: variations that may be queued.
_LIMITS |= {"budget": 3000, "giver": 90, "starts": 200, "line": 900}
# On a laptop every request comes from 127.0.0.1, tests and benches included: only what costs something is counted there.
GENEROUS = {"login": 60, "waiting": 400, "budget": 100_000}


def rate_limits(environment: Environment) -> dict[str, int]:
    """RATE_LIMITS overrides single rules: `generate=100,login=10`."""
    limits = dict(_LIMITS if environment.is_production else GENEROUS)
    for item in filter(None, environment.text("RATE_LIMITS").split(",")):
        name, _, number = item.strip().partition("=")
        if name in _LIMITS and number.isascii() and number.isdigit() and 0 < int(number) <= 10**9:
            limits[name] = int(number)
        else:
            environment.problems.append(f"RATE_LIMITS has {item!r}; it must look like generate=60, one of {', '.join(_LIMITS)}")
    return limits


LEAST_PRICE = 50  # minor units: Stripe charges nothing smaller


def extra_prices(environment: Environment) -> dict[str, int]:
    """What a giver may buy on top of a paid song, and for how much (minor units); what has no price is not offered."""
    prices = {}
    asked = {
        ("versions", "EXTRA_VERSIONS_PRICE"): environment.text("EXTRA_VERSIONS_PRICE", "0"),
        ("instrumental", "INSTRUMENTAL_PRICE"): environment.text("INSTRUMENTAL_PRICE", "0"),
    }
    for (what, name), text in asked.items():
        if not (text.isascii() and text.isdigit()) or 0 < int(text) < LEAST_PRICE or int(text) > 99_999_999:
            environment.problems.append(f"{name} is {text!r}; it must be minor units, {LEAST_PRICE} or more (0: not offered)")
        elif int(text):
            prices[what] = int(text)
    return prices


ROLES = ("viewer", "support", "admin")  # each may do what those before it may


def staff_roles(environment: Environment) -> dict[str, str]:
    """STAFF_EMAILS: `ann@example.com=admin, sam@example.com`; a plain address is support."""
    found = {}
    for item in filter(None, (part.strip() for part in environment.text("STAFF_EMAILS").split(","))):
        address, _, role = (part.strip() for part in item.partition("="))
        if "@" not in address or (role or "support") not in ROLES:
            environment.problems.append(
                f"STAFF_EMAILS has {item!r}; it must look like ann@example.com=admin, one of {', '.join(ROLES)}"
            )
        found[address.lower()] = role or "support"
    return found


def trusted_proxies(environment: Environment) -> tuple[IPv4Network | IPv6Network, ...]:
    """TRUSTED_PROXIES: whose X-Forwarded-For is believed, as addresses or networks: `10.0.0.0/8,::1`."""
    found = []
    for item in filter(None, (part.strip() for part in environment.text("TRUSTED_PROXIES").split(","))):
        try:
            found.append(ip_network(item, strict=False))
        except ValueError:
            environment.problems.append(f"TRUSTED_PROXIES has {item!r}; it must be an address or a network like 10.0.0.0/8")
    return tuple(found)


def kept_secret(data_dir: Path, name: str) -> str:
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
