"""Autoscaling of Mastodon's parts, by the metrics of its own exporters."""

from kubestrata import Quantity
from kubestrata.constructs import Scaling
from kubestrata.constructs.scaling import (
    ExternalMetric,
    ScalingBehavior,
    ScalingPolicy,
    ScalingRules,
)

_WEB = {"job": "mastodon-web"}


def _pods(number: int, seconds: int) -> list[ScalingPolicy]:
    return [ScalingPolicy(type="Pods", value=number, period_seconds=seconds)]


def _rules(window: int, *policies: ScalingPolicy) -> ScalingRules:
    return ScalingRules(stabilization_window_seconds=window, policies=policies)


def _queue(name: str, seconds: int) -> ExternalMetric:
    return ExternalMetric(
        name="sidekiq_queue_latency_seconds",
        value=Quantity(str(seconds)),
        selector={"queue": name},
    )


WEB_SCALING = Scaling(
    min=2,
    max=4,
    cpu=None,
    memory=80,
    external=[
        ExternalMetric(
            name="ruby_http_request_queue_duration_seconds_p99",
            value=Quantity("35m"),
            selector=_WEB,
        ),
        ExternalMetric(name="ruby_puma_request_backlog", value=Quantity("3"), selector=_WEB),
    ],
    behavior=ScalingBehavior(
        scale_up=ScalingRules(
            stabilization_window_seconds=30, policies=_pods(2, 30), select_policy="Max"
        ),
        scale_down=ScalingRules(
            stabilization_window_seconds=180, policies=_pods(1, 60), select_policy="Min"
        ),
    ),
)
STREAMING_SCALING = Scaling(
    min=1,
    max=3,
    cpu=None,
    external=[
        ExternalMetric(name="mastodon_streaming_connected_clients", average_value=Quantity("200"))
    ],
    behavior=ScalingBehavior(
        scale_up=_rules(30, *_pods(2, 30)), scale_down=_rules(300, *_pods(1, 120))
    ),
)
DEFAULT_SCALING = Scaling(
    min=1,
    max=4,
    cpu=None,
    external=[_queue("default", 10)],
    behavior=ScalingBehavior(scale_up=_rules(60, *_pods(1, 30)), scale_down=_rules(300)),
)
FEDERATION_SCALING = Scaling(
    min=1,
    max=4,
    cpu=None,
    external=[_queue("push", 30)],
    behavior=ScalingBehavior(scale_up=_rules(90, *_pods(1, 45)), scale_down=_rules(600)),
)
BACKGROUND_SCALING = Scaling(
    min=1,
    max=3,
    cpu=80,
    behavior=ScalingBehavior(scale_up=_rules(300), scale_down=_rules(600)),
)
