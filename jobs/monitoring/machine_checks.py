"""What this installation stands on, tried from here: database, Redis, clocks, disk, Python, and our own public address."""

from __future__ import annotations

import platform
import shutil
import time
from typing import Any

import redis
import requests

from jobs.monitoring.check_results import Check, CheckResult, broken, doubtful, fine
from models import database, in_database
from pubsub import connection
from settings import settings

_SKEW, _BAD_SKEW = 2.0, 60.0  # seconds between two clocks: links and leases hold minutes, Stripe's signatures five
_LEAST_DISK = 1_000_000_000  # bytes: about two hundred songs
_OLDEST_POSTGRESQL, _OLDEST_REDIS = 150_000, 7
_IDLE_PATIENCE = 4.0


def _database() -> CheckResult:
    number, version = in_database(lambda: _row("SELECT current_setting('server_version_num')::int, version()"))
    schema = in_database(lambda: _row("SELECT max(name) FROM schema_migration"))[0]
    words = " ".join(str(version).split(" ")[:2])
    if number < _OLDEST_POSTGRESQL:
        return broken(f"{words} is too old", "update to PostgreSQL 15 or newer")
    return fine(f"{words}, schema {schema}")


def _redis() -> CheckResult:
    try:
        told: dict[str, Any] = connection().info()
    except redis.RedisError as error:
        return broken(f"does not answer ({error.__class__.__name__})", "start it, or correct REDIS_URL")
    name, version = (
        ("Valkey", told["valkey_version"]) if "valkey_version" in told else ("Redis", told.get("redis_version", "0"))
    )
    if name == "Redis" and int(str(version).split(".")[0]) < _OLDEST_REDIS:
        return broken(f"Redis {version} is too old", "update to Redis 7 or Valkey")
    policy = told.get("maxmemory_policy", "noeviction")
    if told.get("maxmemory") and policy != "noeviction":
        return doubtful(
            f"{name} {version} throws keys away when it is full ({policy})", "set maxmemory-policy noeviction there"
        )
    return fine(f"{name} {version}")


def _clocks() -> CheckResult:
    """The database's clock and Redis's against ours, each measured at the middle of its own round trip."""
    begun = time.time()
    there = float(in_database(lambda: _row("SELECT extract(epoch FROM clock_timestamp())"))[0])
    skews = {"the database": there - (begun + time.time()) / 2}
    try:
        begun = time.time()
        seconds, micros = connection().time()
        skews["Redis"] = seconds + micros / 1e6 - (begun + time.time()) / 2
    except redis.RedisError:
        pass  # its own check says so
    who, worst = max(skews.items(), key=lambda one: abs(one[1]))
    found = f"{who} is {abs(worst):.1f} s {'ahead of' if worst > 0 else 'behind'} this machine"
    if abs(worst) > _BAD_SKEW:
        return broken(found, "let NTP set the clocks of all machines")
    return doubtful(found, "let NTP set the clocks of all machines") if abs(worst) > _SKEW else fine(f"agree ({found})")


def _disk() -> CheckResult:
    free = shutil.disk_usage(settings.data_dir if settings.data_dir.exists() else "/").free
    found = f"{free / 1e9:.1f} GB free in {settings.data_dir}"
    return doubtful(found, "make room: an order needs about 30 MB") if free < _LEAST_DISK else fine(found)


def _python() -> CheckResult:
    libc = " ".join(filter(None, platform.libc_ver()))
    return fine(", ".join(filter(None, (platform.python_version(), f"{platform.system()} {platform.machine()}", libc))))


def _public_url() -> CheckResult:
    """Customers come from elsewhere: what cannot be seen from here may still work for them."""
    url = settings.public_url
    with requests.Session() as http:
        http.trust_env = not url.startswith("http:")  # no proxy leads to our own machine
        try:
            answer = http.get(f"{url}/healthz", timeout=(_IDLE_PATIENCE, _IDLE_PATIENCE), allow_redirects=False)
        except requests.exceptions.SSLError:
            return broken(f"{url} has no certificate that is trusted here", "renew the certificate, with its whole chain")
        except requests.RequestException as error:
            to_do = "start the web process, correct PUBLIC_URL, or see from another network whether it answers"
            return doubtful(f"{url} cannot be reached from here ({error.__class__.__name__})", to_do)
    if answer.status_code == 200 and b'"alive"' in answer.content[:100]:
        return fine(f"{url} answers")
    to_do = "let PUBLIC_URL and the proxy in front lead to the web process"
    return broken(f"{url} answers with HTTP {answer.status_code}, and not as Serenade does", to_do)


def _proxy() -> CheckResult:
    """We speak plain HTTP: behind an https address stands a proxy, whose own address would be every customer's."""
    if settings.trusted_proxies:
        return fine(f"X-Forwarded-For is believed from {', '.join(map(str, settings.trusted_proxies))}")
    if settings.public_url.startswith("https:"):
        return doubtful("all customers count as one caller, the proxy: limits would meet them together", "set TRUSTED_PROXIES")
    return fine("none, by PUBLIC_URL")


def _row(query: str) -> tuple[Any, ...]:
    found: tuple[Any, ...] = database.execute_sql(query).fetchone()
    return found


MACHINE_CHECKS: dict[str, Check] = {
    "database": _database,
    "redis": _redis,
    "clocks": _clocks,
    "disk": _disk,
    "python": _python,
    "public url": _public_url,
    "proxy": _proxy,
}
