"""Migrations of Mastodon's database, before pods of a new version start."""

from charts.apps.mastodon.environment import MastodonServices
from charts.apps.mastodon.job import job_container, job_pod
from charts.apps.mastodon.part import SERVER
from kubestrata import Component
from kubestrata.constructs import JobSettings, RunOnce

MIGRATE = ("bundle", "exec", "rails", "db:migrate", "--trace")
# A migration that failed halfway needs somebody who reads its log; large ones take hours.
ONE_ATTEMPT = JobSettings(retries=0, timeout_seconds=None)


def migrate(component: Component, services: MastodonServices) -> RunOnce:
    """Add the Job that migrates the database before each sync; a failure stops the sync."""
    return RunOnce(
        component,
        "mastodon-db-migrate",
        image=SERVER,
        container=job_container(services, *MIGRATE),
        pod=job_pod(services),
        job=ONE_ATTEMPT,
        again="before-sync",
    )
