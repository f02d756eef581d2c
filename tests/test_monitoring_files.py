"""deploy/prometheus and deploy/grafana: every metric that they ask for is one that /metrics has."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.support.shop import Shop

DEPLOY = Path(__file__).parent.parent / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"][0]["rules"]
PANELS = [one for one in json.loads((DEPLOY / "grafana" / "serenade.json").read_text())["panels"] if one["type"] != "row"]
ASKED = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]


def test_what_alerts_and_dashboard_ask_for_is_there(shop: Shop) -> None:
    shop.sell()
    shop.api("GET", "/metrics")
    text = shop.api("GET", "/metrics").text
    families = [one for one in text_string_to_metric_families(text) if not one.name.endswith("_created")]
    known = {one.name for one in families} | {f"{one.name}{end}" for one in families for end in ("_count", "_bucket")}
    asked = {name for expr in ASKED for name in re.findall(r"(?:serenade|process)_\w+", expr)}
    assert asked - known == set()
    assert {one.name for one in families if one.name.startswith("serenade_")} - {*_whole(asked)} == set(), "shown nowhere"


def _whole(names: set[str]) -> list[str]:
    return [re.sub(r"_(count|bucket)$", "", name) for name in names]


def test_every_alert_says_how_bad_it_is_and_what_to_look_at() -> None:
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}
    assert [rule["alert"] for rule in RULES if not rule["annotations"]["summary"]] == []


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with Debian's package prometheus")
def test_prometheus_takes_the_rules() -> None:
    done = subprocess.run(["promtool", "check", "rules", DEPLOY / "prometheus" / "alerts.yml"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
