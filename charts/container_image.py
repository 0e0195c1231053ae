"""Images that no chart has, each at one version."""

from kubestrata import Image

ACTIONS_RUNNER = Image("ghcr.io/actions/actions-runner:2.329.0")
BUSYBOX = Image("busybox:1.36")
CEPH_19 = Image("quay.io/ceph/ceph:v19.2.3")
DOCKER_ROOTLESS = Image("docker:28.5.2-dind-rootless")
DRAGONFLY = Image("docker.dragonflydb.io/dragonflydb/dragonfly:v1.34.2")
GITLAB_RUNNER_HELPER = Image(
    "registry.gitlab.com/gitlab-org/gitlab-runner/gitlab-runner-helper:x86_64-v18.5.1"
)
KEYCLOAK = Image("quay.io/keycloak/keycloak:26.4.5")
KEYCLOAK_OPERATOR = Image("quay.io/keycloak/keycloak-operator:26.4.5")
MINIO_CLIENT = Image("docker.io/minio/mc:RELEASE.2025-08-13T08-35-41Z")
# Of the images without a variant, which have Barman Cloud.
POSTGRES_16 = Image("ghcr.io/cloudnative-pg/postgresql:16.8")
# The `system` variant has Barman Cloud, which instances need to send backups.
POSTGRES_17 = Image("ghcr.io/cloudnative-pg/postgresql:17-system-trixie")
POSTGRES_18 = Image("ghcr.io/cloudnative-pg/postgresql:18-system-trixie")
