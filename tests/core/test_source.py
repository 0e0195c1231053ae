"""Sources of manifests are pinned in exactly one way."""

from __future__ import annotations

from typing import Any

import pytest

from kubestrata import ChartRepository, GitRepository, RemoteManifests
from kubestrata.core.errors import InvalidValue
from kubestrata.core.source import OciChart

URL = "https://git.example.com/crds"


@pytest.mark.parametrize(
    ("pin", "revision"),
    [
        ({"commit": "a" * 40}, {"commit": "a" * 40}),
        ({"tag": "v1.4.1"}, {"tag": "v1.4.1"}),
        ({"tag": "charts/app-1.0.0+b1"}, {"tag": "charts/app-1.0.0+b1"}),
    ],
)
def test_manifests_are_pinned_by_a_commit_or_a_tag(pin: Any, revision: Any) -> None:
    assert RemoteManifests(url=URL, path="crds", **pin).revision == revision


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        pytest.param({}, "have neither", id="nothing"),
        pytest.param({"commit": "a" * 40, "tag": "v1"}, "'a+' and 'v1'", id="both"),
        pytest.param({"commit": "abc"}, "is not a full commit", id="short commit"),
        pytest.param({"tag": "v1 "}, "is not a Git tag", id="no tag"),
        pytest.param({"tag": ""}, "is not a Git tag", id="empty tag"),
    ],
)
def test_what_is_not_pinned_once_is_refused(pin: Any, why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        RemoteManifests(url=URL, path="crds", **pin)


@pytest.mark.parametrize("name", ["a/crds.yaml", "crds", "*.yaml", "{a.yaml}"])
def test_files_are_names_of_manifests_in_the_folder(name: str) -> None:
    with pytest.raises(InvalidValue, match="is not a name of manifests"):
        RemoteManifests(url=URL, path="crds", tag="v1", files=(name,))


def test_a_tag_of_a_registry_has_no_plus() -> None:
    assert OciChart("app", "oci://charts.example.com/app", "1.0.0+b1").tag == "1.0.0_b1"


@pytest.mark.parametrize("make", [GitRepository, lambda url: ChartRepository("charts", url)])
def test_a_password_in_an_address_is_refused_and_not_shown(make: Any) -> None:
    with pytest.raises(InvalidValue, match=r"url 'https://example\.com/a': has a") as refused:
        make("https://robot:hunter2@example.com/a?key=hunter2")
    assert "hunter2" not in str(refused.value)
    with pytest.raises(InvalidValue, match=r"fix: write 'ssh://git@example\.com/a\.git'"):
        GitRepository("git@example.com:a.git")
    assert GitRepository("ssh://git@example.com/a").url == "ssh://git@example.com/a"
