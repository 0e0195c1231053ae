"""Runbooks of Mastodon: suspended jobs that an operator resumes, and checks of the database."""

from collections.abc import Mapping

import msgspec

from charts.apps.mastodon.database import DATABASE, IMAGE, MastodonDatabase
from charts.apps.mastodon.environment import (
    SEARCH_AUTHORITY,
    Group,
    MastodonServices,
    MastodonSite,
    Variables,
    variables,
)
from charts.apps.mastodon.job import JOB, job_container, job_pod
from charts.apps.mastodon.migration import MIGRATE
from charts.apps.mastodon.part import SEARCH_CLIENT, SERVER
from charts.apps.mastodon.placement import SPARE_NODES
from kubestrata import Cluster, Component, Cron, Frozen, Reference
from kubestrata.constructs import (
    Container,
    JobSettings,
    Mount,
    PodSettings,
    Resources,
    RunOnce,
    ScheduledJob,
    ScheduledRuns,
    SecretKey,
    SecretReference,
    Volume,
)

_SUSPENDED = JobSettings(retries=0, timeout_seconds=None, suspended=True)
_LARGE = Resources.of("1", "4Gi")
_TOOL = ("bundle", "exec", "bin/tootctl")
_RECOUNT = ("-c", "50", "--verbose")


class _Chosen(Frozen):
    """Variables of the groups, some of them by name."""

    groups: Mapping[Group, Variables]

    def of(self, group: Group, *names: str) -> dict[str, str]:
        """Return some variables of a group, or all of them."""
        values = self.groups[group]
        return {name: values[name] for name in names} if names else dict(values)


class MastodonRunbooks(Component):
    """Jobs that wait until somebody resumes them: nothing runs when this component is delivered.

    Migrations in two steps, counts of the cache, orphaned media, the index of the search. The
    database is checked by two CronJobs, which are suspended too.
    """

    def __init__(
        self,
        scope: Cluster,
        *,
        namespace: Reference,
        services: MastodonServices,
        site: MastodonSite,
        after: Component,
    ) -> None:
        super().__init__(scope, "mastodon-runbooks", layer="platform", namespace=namespace)
        self.needs(after)
        self._services = services
        self._chosen = _Chosen(variables(services, site))
        self._migrations()
        self._counts()
        self._index()
        for name, check in _CHECKS.items():
            check.add(self, name, services.database, services.login)

    def _job(self, name: str, container: Container, pod: PodSettings | None = None) -> RunOnce:
        return RunOnce(
            self,
            f"mastodon-{name}",
            image=SERVER,
            container=container,
            pod=pod or job_pod(self._services),
            job=_SUSPENDED,
        )

    def _migrations(self) -> None:
        """Add a migration in two steps, around the start of new pods."""
        first = {"SKIP_POST_DEPLOYMENT_MIGRATIONS": "true"}
        before = job_container(self._services, *MIGRATE, env=first)
        self._job("db-migrate-pre-deployment", before)
        self._job("db-migrate-post-deployment", job_container(self._services, *MIGRATE))

    def _counts(self) -> None:
        """Add counts of accounts and statuses, and the removal of orphaned media."""
        for what in ("accounts", "statuses"):
            command = (*_TOOL, "cache", "recount", what, *_RECOUNT)
            self._job(f"cache-recount-{what}", self._tool(command))
        media = self._chosen.of("external-services", *_MEDIA)
        self._job("remove-orphans", self._tool((*_TOOL, "media", "remove-orphans"), media))

    def _tool(
        self,
        command: tuple[str, ...],
        env: Mapping[str, str | SecretKey] | None = None,
        resources: Resources = _LARGE,
    ) -> Container:
        common = {
            **self._chosen.of("core", *_PROCESS),
            **self._chosen.of("redis", *_REDIS),
            **self._chosen.of("features", *_FEATURES),
        }
        more = {**common, **(env or {})}
        return job_container(self._services, *command, env=more, resources=resources)

    def _index(self) -> None:
        """Add the job that builds the index of the search."""
        services, chosen = self._services, self._chosen
        direct = ",".join(_SEARCH_HOSTS)
        env: dict[str, str | SecretKey] = {
            **chosen.of("database", *_REPLICA),
            **chosen.of("redis", "STREAMING_REDIS_URL", "QUERY_CACHE_REDIS_URL"),
            **chosen.of("features", "IP_RETENTION_PERIOD"),
            **chosen.of("search", *_SEARCH),
            "SSL_CERT_FILE": SEARCH_AUTHORITY,
            "ES_PASS": services.search.login.key("elastic"),
            **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"), ""),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), direct),
            "RAILS_LOG_LEVEL": "debug",
            "VERBOSE": "true",
        }
        limits = ("--concurrency", "4", "--batch_size", "1024")
        resources = Resources.of("1", "2Gi", memory_limit="3Gi")
        plain = self._tool((*_TOOL, "search", "deploy", *limits), env, resources)
        container = msgspec.structs.replace(
            plain,
            mounts={
                **plain.mounts,
                SEARCH_AUTHORITY: Mount(volume="es-ca", sub_path="ca.crt"),
            },
        )
        pod = job_pod(services)
        authority = {"es-ca": Volume.secret(services.search.authority.name)}
        searching = msgspec.structs.replace(
            pod, volumes={**pod.volumes, **authority}, labels={**pod.labels, **SEARCH_CLIENT}
        )
        self._job("search-deploy", container, searching)


_PROCESS = (
    "NODE_ENV",
    "TZ",
    "SINGLE_USER_MODE",
    "MASTODON_USE_LIBVIPS",
    "RAILS_LOG_TO_STDOUT",
)
_REDIS = ("REDIS_HOST", "REDIS_PORT", "REDIS_URL", "SIDEKIQ_REDIS_URL", "CACHE_REDIS_URL")
_FEATURES = ("MAX_TOOT_CHARS", "DEFAULT_LOCALE", "FORCE_DEFAULT_LOCALE")
_MEDIA = (
    "S3_ENABLED",
    "S3_BUCKET",
    "S3_ALIAS_HOST",
    "S3_PROTOCOL",
    "S3_REGION",
    "S3_PERMISSION",
    "EXTRA_MEDIA_HOSTS",
)
_REPLICA = (
    "REPLICA_DB_HOST",
    "REPLICA_DB_PORT",
    "REPLICA_DB_NAME",
    "REPLICA_PREPARED_STATEMENTS",
    "REPLICA_DB_TASKS",
    "STREAMING_DATABASE_TIMEOUT",
)
# Without ES_CA_FILE: the library of this command reads SSL_CERT_FILE.
_SEARCH = ("ES_ENABLED", "ES_HOST", "ES_PORT", "ES_USER", "ES_PRESET", "ES_SSL")
_SEARCH_HOSTS = (
    "elasticsearch-es-http",
    "elasticsearch-es-internal-http",
    "elasticsearch-es-default",
    "elasticsearch-es-http.mastodon.svc",
    "elasticsearch-es-internal-http.mastodon.svc",
    ".svc",
    ".cluster.local",
    "10.0.0.0/8",
    "127.0.0.1",
    "localhost",
)


class _Check(Frozen):
    """A check of the database's indexes and tables by pg_amcheck."""

    schedule: Cron
    options: tuple[str, ...]
    resources: Resources | None = None

    def add(
        self, scope: Component, name: str, database: MastodonDatabase, login: SecretReference
    ) -> ScheduledJob:
        """Add the CronJob."""
        return ScheduledJob(
            scope,
            name,
            image=IMAGE,
            schedule=self.schedule,
            container=Container(
                port=None,
                command=["pg_amcheck", *self.options, "-P", "-v"],
                env={
                    "PGHOST": database.primary,
                    "PGPORT": "5432",
                    "PGDATABASE": DATABASE,
                    "PGUSER": login.key("DB_USER"),
                    "PGPASSWORD": login.key("DB_PASS"),
                    "PGSSLMODE": "verify-ca",
                    "PGSSLROOTCERT": f"{_POSTGRES}/ca.crt",
                },
                mounts={_POSTGRES: "db-ca"},
                resources=self.resources,
            ),
            pod=PodSettings(
                labels=JOB,
                scheduling=SPARE_NODES,
                volumes={"db-ca": Volume.secret(database.authority.name)},
            ),
            job=JobSettings(retries=0, timeout_seconds=None),
            # The role of the application may not call amcheck's functions.
            runs=ScheduledRuns(suspended=True, kept_successful=1, kept_failed=3),
        )


_POSTGRES = "/etc/postgres"
_CHECKS = {
    "mastodon-pg-amcheck-weekly": _Check(
        Cron("30 3 * * 1"),
        ("-j", "4"),
        Resources.of("100m", "50Mi", "500m", "512Mi"),
    ),
    "mastodon-pg-amcheck-monthly": _Check(Cron("45 3 1 * *"), ("--parent-check", "-j", "2")),
}
