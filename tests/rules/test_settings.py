"""Rule settings in cdk8s.yaml, and a team's own rules."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

from kubestrata.core.errors import ConfigError
from kubestrata.rules.page import explain, group_page
from kubestrata.rules.settings import read_settings
from kubestrata.rules.subject import ClusterTree
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


def against(folder: Path, *files: object) -> Any:
    return read_settings({"kubestrata": {"contract": {"against": [*files]}}}, folder)


def test_files_of_the_other_side_are_read_from_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("shop/web\n")
    made = against(tmp_path, "keys.txt", {"file": "keys.txt", "clusters": ["home"]})
    assert [(each.file, each.clusters) for each in made.counterparts] == [
        ("keys.txt", frozenset()),
        ("keys.txt", frozenset({"home"})),
    ]


def test_a_cluster_that_no_file_describes_is_reported_as_not_checked(tmp_path: Path) -> None:
    (tmp_path / "keys.txt").write_text("shop/web\n")
    made = against(tmp_path, {"file": "keys.txt", "clusters": ["home"]})
    home, away = (made.settle(ClusterTree(name, "1.35", ())) for name in ("home", "away"))
    assert list(home.unchecked) == []
    assert [each.what for each in away.unchecked] == ["contract of away"]


@pytest.mark.parametrize(
    ("contract", "message"),
    [
        ({"agianst": ["a"]}, "kubestrata.contract: agianst: is not a valid setting"),
        ({"against": [7]}, "against: 7: is not a file of the other side"),
        ({"against": [{"path": "a"}]}, "is not a file of the other side"),
        ({"against": [{"file": "a", "clusters": [7]}]}, "is not a file of the other side"),
        ({"against": ["none.txt"]}, "none.txt: cannot be read"),
    ],
)
def test_wrong_settings_of_the_contract_are_rejected(
    tmp_path: Path, contract: object, message: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        read_settings({"kubestrata": {"contract": contract}}, tmp_path)


def test_severities_are_changed_and_rules_turned_off(tmp_path: Path) -> None:
    rules = settings(tmp_path, severity={"R09": "note"}).rules()
    assert next(rule for rule in rules if rule.id == "R09").severity is Severity.NOTE
    assert "R09" not in [rule.id for rule in settings(tmp_path, severity={"R09": "off"}).rules()]


def test_a_severity_may_be_set_by_a_former_id(tmp_path: Path) -> None:
    for name in ("P79", "P-REL"):
        rules = settings(tmp_path, severity={name: "note"}).rules()
        assert next(rule for rule in rules if rule.id == "P79").severity is Severity.NOTE
        off = settings(tmp_path, severity={name: "off"}).rules()
        assert "P79" not in [rule.id for rule in off]


def test_a_severity_set_by_two_names_of_a_rule_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"severity of P79: is set twice(.|\n)*fix: keep P79"):
        settings(tmp_path, severity={"P79": "note", "P-REL": "error"}).rules()


@pytest.mark.parametrize("name", ["rules", "rules.py"])
def test_a_team_has_its_own_rules(tmp_path: Path, name: str) -> None:
    file = tmp_path / ("rules/own.py" if name == "rules" else name)
    file.parent.mkdir(exist_ok=True)
    file.write_text(textwrap.dedent(OWN))
    assert "T-OWN" in [rule.id for rule in settings(tmp_path, rules=name).rules()]


@pytest.mark.parametrize("name", ["R09", "P-REL"])
def test_a_duplicate_rule_id_is_rejected(tmp_path: Path, name: str) -> None:
    (tmp_path / "rules.py").write_text(OWN.replace("T-OWN", name))
    with pytest.raises(ConfigError, match=f"{name}: is declared twice"):
        settings(tmp_path, rules="rules").rules()


def test_a_module_without_rules_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(OWN.replace("RULES", "RULE"))
    with pytest.raises(ConfigError, match="rules: rules: defines no rule"):
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
    assert explain("p-rel") == explain("P79")
    assert "Formerly `P-REL`." in explain("P79")
    with pytest.raises(ConfigError, match="is not a valid rule or group"):
        explain("R99")


def test_a_provided_object_is_written_as_messages_write_it(tmp_path: Path) -> None:
    written = settings(tmp_path, provided=["IngressClass.networking.k8s.io nginx"])
    assert [str(each) for each in written.provided] == ["IngressClass.networking.k8s.io nginx"]
    with pytest.raises(ConfigError, match="is neither a group nor an object"):
        settings(tmp_path, provided=["networking.k8s.io/IngressClass/nginx"])
