"""Rule settings in cdk8s.yaml, and a team's own rules."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.errors import ConfigError
from kubestrata.rules.page import explain, group_page
from kubestrata.rules.settings import read_settings
from kubestrata.rules.violation import Severity

OWN = """
from kubestrata.rules.rule import Rule

RULES = (Rule("T-OWN", "a team decides", "others do not", lambda tree: ()),)
"""


def settings(folder: Path, **check: Any) -> Any:
    return read_settings({"kubestrata": {"check": check}}, folder)


def test_without_settings_the_baseline_is_checked(tmp_path: Path) -> None:
    rules = {rule.id: rule for rule in read_settings({}, tmp_path).rules()}
    assert "R09" in rules
    assert {rule.profile for rule in rules.values()} == {"baseline"}


def test_severities_are_changed_and_rules_turned_off(tmp_path: Path) -> None:
    rules = settings(tmp_path, severity={"R09": "note"}).rules()
    assert next(rule for rule in rules if rule.id == "R09").severity is Severity.NOTE
    assert "R09" not in [rule.id for rule in settings(tmp_path, severity={"R09": "off"}).rules()]


@pytest.mark.parametrize("name", ["rules", "rules.py"])
def test_a_team_has_its_own_rules(tmp_path: Path, name: str) -> None:
    file = tmp_path / ("rules/own.py" if name == "rules" else name)
    file.parent.mkdir(exist_ok=True)
    file.write_text(textwrap.dedent(OWN))
    assert "T-OWN" in [rule.id for rule in settings(tmp_path, rules=name).rules()]


def test_a_duplicate_rule_id_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(OWN.replace("T-OWN", "R09"))
    with pytest.raises(ConfigError, match="R09: is declared twice"):
        settings(tmp_path, rules="rules").rules()


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ({"profil": "baseline"}, "profil: is not a valid setting"),
        ({"profile": "strict"}, "profile: strict: is not a valid profile"),
        ({"severity": {"R09": "fatal"}}, "severity of R09: fatal: is not a valid severity"),
        ({"severity": {"R99": "note"}}, "is not a valid rule id"),
        ({"rules": "nowhere"}, "rules: nowhere: is not a Python module"),
    ],
)
def test_an_invalid_setting_is_rejected(
    tmp_path: Path, check: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        settings(tmp_path, **check).rules()


def test_a_rule_is_explained_and_an_unknown_one_is_not() -> None:
    assert explain("r09").startswith("## R09: ")
    assert explain("references") == group_page("references")
    assert "## R09: " in group_page("references")
    with pytest.raises(ConfigError, match="is not a valid rule or group"):
        explain("R99")
