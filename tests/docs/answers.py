"""The treatment of checks of other tools that no policy rule covers."""

from __future__ import annotations

ELSEWHERE = {
    "kube-linter/dangling-horizontalpodautoscaler": "R09",
    "kube-linter/dangling-ingress": "R03",
    "kube-linter/dangling-networkpolicy": "R12",
    "kube-linter/dangling-networkpolicypeer-podselector": "R12",
    "kube-linter/dangling-service": "R04",
    "kube-linter/dangling-servicemonitor": "R08",
    "kube-linter/env-var-secret": "X01",
    "kube-linter/env-var-value-from": "R06",
    "kube-linter/invalid-target-ports": "V05",
    "kube-linter/mismatching-selector": "V05",
    "kube-linter/no-extensions-v1beta": "V03",
    "kube-linter/non-existent-service-account": "R07",
    "kube-linter/schema-validation": "V01",
    "kube-score/container-ports-check": "V05",
    "kube-score/deployment-pod-selector-labels-match-template-metadata-labels": "V05",
    "kube-score/horizontalpodautoscaler-has-target": "R09",
    "kube-score/ingress-targets-service": "R03",
    "kube-score/label-values": "V05",
    "kube-score/networkpolicy-targets-pod": "R12",
    "kube-score/service-targets-pod": "R04",
    "kube-score/stable-version": "V03",
    "kube-score/statefulset-pod-selector-labels-match-template-metadata-labels": "V05",
    "polaris/sensitiveConfigmapContent": "X01",
    "polaris/sensitiveContainerEnvVar": "X01",
}
"""Checks that are rules of another group of the catalogue."""

REFUSED = {
    "kube-linter/dnsconfig-options": "ndots is a matter of tuning; most pods are right without",
    "kube-linter/job-ttl-seconds-after-finished": (
        "the opposite holds where a tree is reconciled: a Job that was deleted runs again (P53)"
    ),
    "kube-linter/no-node-affinity": "a pod that needs no special node names none",
    "kube-linter/scc-deny-privileged-container": "a kind of OpenShift; none of its kinds is read",
    "kube-linter/sorted-keys": "the order of keys means nothing to Kubernetes",
    "kube-score/container-cpu-requests-equal-limits": (
        "a limit of CPU throttles while the node is idle; requests share it out"
    ),
    "kube-score/container-ephemeral-storage-request-equals-limit": (
        "the limit protects the node (P38); a request above what is used wastes disk"
    ),
    "polaris/cpuLimitsMissing": (
        "a limit of CPU throttles while the node is idle; requests (P33) share it out"
    ),
    "polaris/httpRouteBackendTLSMissing": (
        "encryption inside the cluster is a matter of its network, not of each route"
    ),
    "polaris/kgatewayBackendTLSVerificationDisabled": "kinds of one gateway, which are not read",
    "polaris/metadataAndInstanceMismatched": (
        "the label names the installation; its objects have several names"
    ),
}
"""Checks that are no rule here, and why."""

REMARKS = {
    "kube-linter/access-to-create-pods": "checks the roles, not their bindings",
    "kube-linter/access-to-secrets": "reading only, and only without resourceNames",
    "kube-linter/default-service-account": "only where a binding gives the account rights",
    "kube-linter/exposed-services": "NodePort; a LoadBalancer is meant to be reached",
    "kube-linter/hpa-minimum-three-replicas": "two",
    "kube-linter/liveness-port": "ports by name; a number works undeclared",
    "kube-linter/minimum-three-replicas": "two, and only behind a Service",
    "kube-linter/no-anti-affinity": "topology spread or anti-affinity",
    "kube-linter/no-readiness-probe": "only behind a Service",
    "kube-linter/priority-class-name": "that there is one; R07 knows whether it exists",
    "kube-linter/readiness-port": "ports by name; a number works undeclared",
    "kube-linter/required-annotation-email": "made by `owner_rule`",
    "kube-linter/required-label-owner": "made by `required_labels_rule`",
    "kube-linter/startup-port": "ports by name; a number works undeclared",
    "kube-linter/unset-cpu-requirements": "the request",
    "kube-linter/unset-memory-requirements": "the limit",
    "kube-score/container-image-pull-policy": "only images that move, and Never",
    "kube-score/container-resource-requests-equal-limits": "memory only",
    "kube-score/container-resources": "P33 and P34 have the requests; no limit of CPU",
    "kube-score/deployment-strategy": "not for pods that keep data in a volume",
    "kube-score/pod-networkpolicy": "both directions",
    "kube-score/pod-probes": "P30 has the liveness probe",
    "kube-score/pod-probes-identical": "not if liveness is more patient",
    "kube-score/service-type": "NodePort",
    "polaris/automountServiceAccountToken": "not if a binding gives the account rights",
    "polaris/clusterrolebindingPodExecAttach": "told of the role",
    "polaris/deploymentMissingReplicas": "only behind a Service",
    "polaris/linuxHardening": "seccomp; P06 has the capabilities",
    "polaris/missingNetworkPolicy": "both directions",
    "polaris/pullPolicyNotAlways": "only images that move, and Never",
    "polaris/readinessProbeMissing": "only behind a Service",
    "polaris/rolebindingClusterRolePodExecAttach": "told of the role",
    "polaris/rolebindingRolePodExecAttach": "told of the role",
    "polaris/topologySpreadConstraint": "topology spread or anti-affinity",
}
"""Differences of rules that require less than the other tool, or something else."""

PROPOSED = {
    "aggregate-to-admin-escalation": "P62 and P65 check the role itself",
    "approve-signers-without-resource-names": "P65",
    "automount-service-account-token": "P22",
    "bind-verb-in-role": "P65",
    "cluster-wide-secrets-access": "P62",
    "configmap-with-credentials": "X01",
    "container-runtime-sock": "P17",
    "deletecollection-verb-in-role": "no: who may delete one by one may delete all",
    "escalate-verb-in-role": "P65",
    "externalname-service-redirect": "no: it is how a service outside is named",
    "hpa-maximum-replicas": "no: the right number is known to the project alone",
    "image-not-pinned-by-digest": "P27",
    "impersonate-without-resource-names": "P65",
    "init-container-security-gap": "no: what the pod says holds for init containers too",
    "insecure-route-termination": "no: a kind of OpenShift",
    "kube-chainsaw-rbac": "P60 to P66, as far as they go",
    "no-startup-probe": "no: only slow starts need one",
    "pod-disruption-budget": "P44",
    "projected-token-long-expiration": "P25",
    "unset-ephemeral-storage-requirements": "P38",
    "webhook-failure-policy-ignore": "no: a webhook that must not block is right so",
    "wildcard-resource-verb-combo": "P60 where it is bound, P61 the role",
}
"""Checks that were proposed for kube-linter and that no release has."""
