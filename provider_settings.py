"""The music vendors' settings: `<NAME>_API_KEY`, `<NAME>_BASE_URL`, and every limit as `<NAME>_<FIELD>` (MUREKA_MAX_PARALLEL).

The numbers are the vendors' documented ones; none is measured against a live account.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, repr=False)  # no repr: it would put keys into logs
class Vendor:
    """One vendor's account and limits. Lengths are in characters, times in seconds."""

    base_url: str
    api_key: str = ""
    max_parallel: int = 5  # tasks at once, over all our workers
    cost_mills: int = 0  # what one submit costs by your contract, in tenths of a cent; 0: unknown
    max_prompt: int = 280
    max_lyrics: int = 3000
    max_style: int = 1000
    max_title: int = 80
    clips: int = 1  # variations that one submit makes, at most
    poll_seconds: int = 15  # at least, between two status reads of one task, once it may be done
    lost_grace: int = 60  # seconds in which a task that the vendor does not list yet does not count as lost
    model: str = ""
    key_prefix: str = "Bearer "
    audio_hosts: str = ""  # where its files may come from, comma separated, subdomains included; * for any public host
    dialect: str = ""
    key_needed: bool = True


# Audio hosts are from vendors' examples and unverified; a song from another host waits until the setting lists it.
VENDORS = {
    "musicgpt": Vendor(
        "https://api.musicgpt.com/api/public",
        clips=2,
        key_prefix="",
        audio_hosts="musicgpt.com,lalals.com,lalals.s3.amazonaws.com",
    ),
    "suno": Vendor(
        "https://api.sunoapi.org",
        max_parallel=20,
        max_prompt=500,
        max_lyrics=5000,
        clips=2,
        poll_seconds=30,
        model="V6",
        audio_hosts="suno.ai,suno.com,sunoapi.org,kie.ai,aiquickdraw.com,erweima.ai",
    ),
    "mureka": Vendor("https://api.mureka.ai", max_prompt=1024, max_style=1024, clips=3, model="auto", audio_hosts="mureka.ai"),
    "acestep": Vendor("http://127.0.0.1:8001", max_parallel=2, clips=3, poll_seconds=5, key_needed=False),
    "elevenlabs": Vendor("https://api.elevenlabs.io", max_parallel=2, max_prompt=2000, model="music_v1"),
}


def read_vendors(environ: Mapping[str, str], wanted: tuple[str, ...], problems: list[str]) -> dict[str, Vendor]:
    """Every vendor with its settings from the environment; a wanted one that is unknown or has no key is a problem."""
    found = {name: _read(name, vendor, environ, problems) for name, vendor in VENDORS.items()}
    for name in wanted:
        if name != "studio" and name not in VENDORS:
            problems.append(f"MUSIC_PROVIDERS names {name!r}; known are studio, {', '.join(VENDORS)}")
        elif name in found and found[name].key_needed and not found[name].api_key:
            problems.append(f"{name.upper()}_API_KEY is missing (MUSIC_PROVIDERS names {name})")
    if len(set(wanted)) < len(wanted):
        problems.append("MUSIC_PROVIDERS names a provider twice")
    return found


def _read(name: str, vendor: Vendor, environ: Mapping[str, str], problems: list[str]) -> Vendor:
    changes: dict[str, str | int] = {}
    for field in fields(Vendor):
        variable = f"{name}_{field.name}".upper()
        text = environ.get(variable)
        if not text or field.name == "key_needed":
            continue
        if isinstance(getattr(vendor, field.name), int):
            if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1_000_000):
                problems.append(f"{variable} is {text!r}; it must be a whole number from 1 to 1000000")
                continue
            changes[field.name] = int(text)
        else:
            changes[field.name] = text.rstrip("/") if field.name == "base_url" else text
    made: Vendor = replace(vendor, **changes)  # type: ignore[arg-type] # checked above, field by field
    if not re.match(r"https?://(\[[0-9A-Fa-f:.]+\]|[^\[\]/?#\s]+)(/|$)", made.base_url):
        problems.append(f"{name.upper()}_BASE_URL is {made.base_url!r}; it must look like https://api.example.com")
    if made.dialect not in ("", "sunoapi", "kie"):
        problems.append(f"{name.upper()}_DIALECT is {made.dialect!r}; it must be 'sunoapi' or 'kie'")
    return made
