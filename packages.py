"""What is sold and for how much: the one list of packages, with the prices that PRICES and CURRENCY change."""

from __future__ import annotations

from dataclasses import dataclass

from i18n import N_
from settings_checks import Environment


@dataclass(frozen=True)
class Package:
    """One thing we sell: how many songs, for how much (minor units)."""

    package_type: str
    label: str
    song_count: int
    amount: int
    currency: str = "usd"


def read_packages(environment: Environment) -> dict[str, Package]:
    """The one list of what is sold. PRICES overrides amounts: `solo-serenade=999,holiday-hamper=2499`."""
    amounts = {"solo-serenade": 999, "holiday-hamper": 2499}
    currency = environment.text("CURRENCY", "usd").lower()
    if currency not in ("usd", "eur", "gbp", "cad", "aud", "chf"):
        environment.problems.append(
            f"CURRENCY is {currency!r}; it must be one of usd, eur, gbp, cad, aud, chf (two-decimal currencies)"
        )
    for item in filter(None, environment.text("PRICES").split(",")):
        name, _, text = item.strip().partition("=")
        if name not in amounts or not text.isascii() or not text.isdigit() or int(text) < 50:
            environment.problems.append(f"PRICES has {item!r}; it must look like solo-serenade=999 (minor units, 50 or more)")
        else:
            amounts[name] = int(text)
    return {
        "solo-serenade": Package("solo-serenade", N_("Solo Serenade"), 1, amounts["solo-serenade"], currency),
        "holiday-hamper": Package("holiday-hamper", N_("Holiday Hamper"), 3, amounts["holiday-hamper"], currency),
    }
