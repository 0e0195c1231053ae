"""What a team declares of an application: what runs, the spec of an App claim, and the rest."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from kubestrata.constructs.scaling import Availability, Scaling
from kubestrata.constructs.workload.backing import Backing, Identity
from kubestrata.constructs.workload.container import Container
from kubestrata.constructs.workload.exposure import Exposure
from kubestrata.constructs.workload.observed import Observed
from kubestrata.core.declaration import Declaration
from kubestrata.core.value.image import Image


class RunningWorkload(Declaration, kw_only=True):
    """The pods of an application, how they scale and how they are reached."""

    image: Annotated[Image, Meta(description="The image, pinned to a tag or a digest.")]
    container: Annotated[Container, Meta(description="What runs in the pods.")] = Container()
    scaling: Annotated[
        Scaling | None, Meta(description="How many pods; the cluster's default unless given.")
    ] = None
    availability: Annotated[
        Availability | None,
        Meta(description="How many may be missing; the cluster's default unless given."),
    ] = None
    route: Annotated[
        Exposure | None,
        Meta(description="How it is reached from outside; not at all unless given."),
    ] = None


class WorkloadDeclaration(RunningWorkload, kw_only=True):
    """An application with what belongs to it alone; only the image must be given."""

    backing: Annotated[
        Backing | None, Meta(description="Database, cache and bucket of its own.")
    ] = None
    identity: Annotated[
        Identity | None, Meta(description="What it may do in the cloud; nothing unless given.")
    ] = None
    monitoring: Annotated[
        Observed | None, Meta(description="How it is watched; not at all unless given.")
    ] = None
