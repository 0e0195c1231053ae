"""Upgrade, drift and placement policy of releases, with its defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import field

from kubeapis import fluxcd
from kubestrata.constructs.helm.helm_chart import CrdPolicy
from kubestrata.core.errors import InvalidValue
from kubestrata.core.frozen import Frozen
from kubestrata.core.reference import Reference

_Target = fluxcd.HelmReleaseSpecDriftDetectionIgnoreTarget


class Upgrade(Frozen):
    """Policy for changes of the chart or its values; the retries also apply to the installation.

    After `retries` failed attempts the release is rolled back or uninstalled. With `force`,
    immutable objects are replaced, which interrupts them. With `tests`, the chart's own tests must
    pass, too.
    """

    retries: int = 3
    after_failure: Literal["rollback", "uninstall"] | None = None
    force: bool = False
    tests: bool = False
    history: int | None = None

    def __post_init__(self) -> None:
        if self.retries < 0:
            why = "is negative, which retries forever and hides a release that cannot work"
            raise InvalidValue(f"retries {self.retries!r}", why, "write 3")


class IgnoredDrift(Frozen):
    """Fields that other components may change: JSON pointers, in objects of a kind and name.

    Without a kind it applies to every object of the release.
    """

    paths: Sequence[str]
    kind: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        for path in self.paths:
            if path and not path.startswith("/"):
                fix = f"write '/{path.replace('.', '/')}'"
                why = "is not a valid JSON pointer: must begin with /"
                raise InvalidValue(f"path {path!r}", why, fix)


class Drift(Frozen):
    """Drift detection: changes made to the release's objects outside of Helm are reverted.

    List the fields that autoscalers, webhooks and certificate injectors write in `ignore`.
    """

    mode: Literal["enabled", "warn", "disabled"] = "enabled"
    ignore: Sequence[IgnoredDrift] = ()

    def render(self) -> fluxcd.HelmReleaseSpecDriftDetection:
        """Return `spec.driftDetection`."""
        ignored = [
            fluxcd.HelmReleaseSpecDriftDetectionIgnore(
                paths=each.paths,
                target=_Target(kind=each.kind, name=each.name) if each.kind or each.name else None,
            )
            for each in self.ignore
        ]
        return fluxcd.HelmReleaseSpecDriftDetection(mode=self.mode, ignore=ignored or None)


class Placement(Frozen):
    """Name and namespaces of the Helm release, if not those of the HelmRelease.

    `target` is the namespace of its objects, `storage` that of Helm's record. The release name is
    `<target>-<name>` where a target is given and `name` is not.
    """

    name: str | None = None
    target: Reference | None = None
    storage: Reference | None = None

    def release_name(self, id: str) -> str:
        """Return the Helm release name; raises InvalidValue for an invalid one."""
        default = f"{self.target.object_name}-{id}" if self.target is not None else id
        name = self.name or default
        if len(name) > 53:
            what = f"release name {name!r}"
            fix = "pass a shorter Placement(name=...)"
            raise InvalidValue(what, f"has {len(name)} characters; Helm allows at most 53", fix)
        return name


class ReleasePolicy(Frozen):
    """Upgrades, drift and placement of a release.

    Without `wait` a release is ready once its objects are applied and its hooks have run. A chart
    needs that if its pods use a Secret that a hook creates after the installation, or if a Service
    gets its address from a pool that is created later: Helm would wait for them for ever.
    """

    upgrade: Upgrade = field(default_factory=Upgrade)
    drift: Drift = field(default_factory=Drift)
    placement: Placement = field(default_factory=Placement)
    wait: bool = True

    def install(self, crds: CrdPolicy | None) -> fluxcd.HelmReleaseSpecInstall:
        """Return `spec.install`."""
        remediation = fluxcd.HelmReleaseSpecInstallRemediation(retries=self.upgrade.retries)
        return fluxcd.HelmReleaseSpecInstall(
            crds=crds, disable_wait=self._disable_wait, remediation=remediation
        )

    def upgrading(self, crds: CrdPolicy | None) -> fluxcd.HelmReleaseSpecUpgrade:
        """Return `spec.upgrade`."""
        return fluxcd.HelmReleaseSpecUpgrade(
            crds=crds,
            cleanup_on_fail=True,
            disable_wait=self._disable_wait,
            force=self.upgrade.force or None,
            remediation=fluxcd.HelmReleaseSpecUpgradeRemediation(
                retries=self.upgrade.retries,
                remediate_last_failure=True,
                strategy=self.upgrade.after_failure,
            ),
        )

    @property
    def _disable_wait(self) -> bool | None:
        return None if self.wait else True

    def testing(self) -> fluxcd.HelmReleaseSpecTest | None:
        """Return `spec.test`."""
        return fluxcd.HelmReleaseSpecTest(enable=True) if self.upgrade.tests else None
