"""Terraform objects."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kubestrata import Component, Duration
from kubestrata.constructs import ConfigFiles, FileContent, Pods
from kubestrata.constructs.terraform import (
    Terraform,
    TerraformController,
    TerraformInputs,
    TerraformModule,
    TerraformRunner,
    TerraformSpec,
    TrustedCa,
)
from kubestrata.core.errors import DuplicateObject, InvalidName, InvalidReference, InvalidValue
from tests.constructs.checking import faults, objects, rendered
from tests.constructs.data.world import secret
from tests.small_platform import new_cluster, new_component, order

MODULE = TerraformModule(path="./terraform/network")


def component() -> Component:
    return new_component(new_cluster(groups=("infra.contrib.fluxcd.io",)), "network")


def test_terraform_minimal(manifests: SnapshotAssertion) -> None:
    home = component()
    Terraform(home, "network", module=MODULE)
    assert rendered(home) == manifests
    assert faults(home) == []


def test_terraform_full(manifests: SnapshotAssertion) -> None:
    home = component()
    bundle = ConfigFiles(home, "ca", content=[FileContent.text("ca.crt", "certificates\n")])
    token = secret(home, "api", "token", "user")
    first = Terraform(home, "zone", module=MODULE)
    Terraform(
        home,
        "network",
        module=TerraformModule(path="terraform", source="modules", kind="OCIRepository"),
        inputs=TerraformInputs(
            values={"region": "eu", "count": 3},
            secrets={"token": token.key("token"), "login": token.key("user")},
            optional=["login"],
        ),
        outputs=["vpc_id"],
        after=[first],
        runner=TerraformRunner(
            service_account="runner",
            environment={"TF_LOG": "info"},
            trusted_ca=TrustedCa(bundle.reference.key("ca.crt"), "VAULT_CACERT"),
        ),
        spec=TerraformSpec(
            approval="manual",
            interval=Duration("1h"),
            retry_interval=Duration("5m"),
            backend='backend "s3" {\n  bucket = "state"\n}',
            destroys=True,
        ),
    )
    assert rendered(home) == manifests
    assert faults(home) == []


def test_keys_are_renamed_to_the_variables_they_fill() -> None:
    home = component()
    api = secret(home, "api", "token", "user")
    inputs = TerraformInputs(secrets={"token": api.key("token"), "login": api.key("user")})
    Terraform(home, "network", module=MODULE, inputs=inputs)
    (made,) = objects(home, "Terraform")
    assert made["spec"]["varsFrom"] == [
        {"kind": "Secret", "name": "api", "varsKeys": ["token", "user:login"]}
    ]


def test_a_component_that_reads_outputs_waits_for_the_module() -> None:
    home = component()
    module = Terraform(home, "network", module=MODULE, outputs=["vpc_id"])
    user = new_component(home.cluster, "user", namespace=home.home_namespace)
    inputs = TerraformInputs(secrets={"vpc": module.outputs.key("vpc_id")})
    Terraform(user, "nodes", module=MODULE, inputs=inputs)
    assert "network" in order(home.cluster)["user"]


def test_an_unknown_output_is_an_error_at_its_line() -> None:
    module = Terraform(component(), "network", module=MODULE, outputs=["vpc_id"])
    with pytest.raises(InvalidReference, match="has no key 'vpc'; it has vpc_id"):
        module.outputs.key("vpc")


def test_a_module_without_outputs_has_no_secret() -> None:
    with pytest.raises(InvalidValue, match="writes no outputs"):
        _ = Terraform(component(), "network", module=MODULE).outputs


def test_modules_wait_for_the_controller_of_the_cluster() -> None:
    home = component()
    operators = new_component(home.cluster, "tofu-controller")
    home.cluster.offer(TerraformController(Pods("tofu", "flux-system", {"app": "tofu"}), operators))
    Terraform(home, "network", module=MODULE)
    assert "tofu-controller" in order(home.cluster)["network"]


def test_a_secret_of_another_namespace_is_refused() -> None:
    home = component()
    other = new_component(home.cluster, "other")
    inputs = TerraformInputs(secrets={"token": secret(other, "api", "token").key("token")})
    with pytest.raises(InvalidReference, match="is in namespace 'other', its user in 'network'"):
        Terraform(home, "network", module=MODULE, inputs=inputs)


@pytest.mark.parametrize(
    ("arguments", "error", "why"),
    [
        ({"values": {"a b": 1}}, InvalidValue, "is not a valid name"),
        ({"values": {"1a": 1}}, InvalidValue, "is not a valid name"),
        ({"optional": ["token"]}, InvalidValue, "is optional, but not in secrets="),
    ],
)
def test_wrong_variables_are_errors(
    arguments: dict[str, Any], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        TerraformInputs(**arguments)


def test_a_variable_has_one_source() -> None:
    key = secret(component(), "api", "token").key("token")
    with pytest.raises(DuplicateObject, match="is set twice"):
        TerraformInputs(values={"token": "x"}, secrets={"token": key})


@pytest.mark.parametrize("path", ["", "/terraform", "../other", "a/../../b"])
def test_a_module_stays_in_its_source(path: str) -> None:
    with pytest.raises(InvalidValue, match="must be relative to the root of the source"):
        TerraformModule(path=path)


def test_a_source_has_the_name_of_an_object() -> None:
    with pytest.raises(InvalidName, match="write 'my-modules'"):
        TerraformModule(path="a", source="My_Modules")


def test_a_backend_is_a_block() -> None:
    with pytest.raises(InvalidValue, match="is not a backend block"):
        TerraformSpec(backend="s3")


@pytest.mark.parametrize(
    "runner",
    [
        {"environment": {"A-B": "1"}},
        {"environment": {"": "1"}},
    ],
)
def test_a_runner_has_valid_variables(runner: dict[str, Any]) -> None:
    with pytest.raises(InvalidValue, match="is not a valid variable"):
        TerraformRunner(**runner)


def test_a_trusted_bundle_does_not_replace_a_variable() -> None:
    home = component()
    bundle = ConfigFiles(home, "ca", content=[FileContent.text("ca.crt", "certificates\n")])
    trusted = TrustedCa(bundle.reference.key("ca.crt"))
    with pytest.raises(InvalidValue, match="is set twice"):
        TerraformRunner(environment={"SSL_CERT_FILE": "/x"}, trusted_ca=trusted)


def test_modules_wait_for_terraform_objects_only() -> None:
    home = component()
    other = secret(home, "api", "token").ref
    with pytest.raises(InvalidReference, match="is not a Terraform object"):
        Terraform(home, "network", module=MODULE, after=[other])
