"""Checks of other tools without a policy rule: the rule of another group, or a reason."""

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
    "kube-linter/dnsconfig-options": "ndots is a matter of tuning; most pods do not need it",
    "kube-linter/job-ttl-seconds-after-finished": (
        "the opposite holds where a tree is reconciled: a Job that was deleted runs again (P53)"
    ),
    "kube-linter/no-node-affinity": "most pods need no special node",
    "kube-linter/scc-deny-privileged-container": "a kind of OpenShift, which is not supported",
    "kube-linter/sorted-keys": "the order of keys has no meaning in Kubernetes",
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
    "polaris/kgatewayBackendTLSVerificationDisabled": "kinds of one gateway, not supported",
    "polaris/metadataAndInstanceMismatched": (
        "the label names the installation; its objects have several names"
    ),
}
"""Checks without a rule, and the reason."""

REMARKS = {
    "kube-linter/access-to-create-pods": "checks the roles, not their bindings",
    "kube-linter/access-to-secrets": "reading only, and only without resourceNames",
    "kube-linter/default-service-account": "only if a binding grants the account permissions",
    "kube-linter/exposed-services": "NodePort; a LoadBalancer is public on purpose",
    "kube-linter/hpa-minimum-three-replicas": "two",
    "kube-linter/liveness-port": "ports by name; a number works undeclared",
    "kube-linter/minimum-three-replicas": "two, and only behind a Service",
    "kube-linter/no-anti-affinity": "topology spread or anti-affinity",
    "kube-linter/no-readiness-probe": "only behind a Service",
    "kube-linter/priority-class-name": "that one is set; R07 checks that it exists",
    "kube-linter/readiness-port": "ports by name; a number works undeclared",
    "kube-linter/required-annotation-email": "created by `owner_rule`",
    "kube-linter/required-label-owner": "created by `required_labels_rule`",
    "kube-linter/startup-port": "ports by name; a number works undeclared",
    "kube-linter/unset-cpu-requirements": "the request",
    "kube-linter/unset-memory-requirements": "the limit",
    "kube-score/container-image-pull-policy": "only tags that may move, and Never",
    "kube-score/container-resource-requests-equal-limits": "memory only",
    "kube-score/container-resources": "P33 and P34 have the requests; no limit of CPU",
    "kube-score/deployment-strategy": "not for pods that keep data in a volume",
    "kube-score/pod-networkpolicy": "both directions",
    "kube-score/pod-probes": "P30 has the liveness probe",
    "kube-score/pod-probes-identical": "not if liveness is more patient",
    "kube-score/service-type": "NodePort",
    "polaris/automountServiceAccountToken": "not if a binding grants the account permissions",
    "polaris/clusterrolebindingPodExecAttach": "reported for the role",
    "polaris/deploymentMissingReplicas": "only behind a Service",
    "polaris/linuxHardening": "seccomp; P06 has the capabilities",
    "polaris/missingNetworkPolicy": "both directions",
    "polaris/pullPolicyNotAlways": "only tags that may move, and Never",
    "polaris/readinessProbeMissing": "only behind a Service",
    "polaris/rolebindingClusterRolePodExecAttach": "reported for the role",
    "polaris/rolebindingRolePodExecAttach": "reported for the role",
    "polaris/topologySpreadConstraint": "topology spread or anti-affinity",
}
"""The requirement of a rule that differs from that of the other tool."""

PROPOSED = {
    "aggregate-to-admin-escalation": "P62 and P65 check the role itself",
    "approve-signers-without-resource-names": "P65",
    "automount-service-account-token": "P22",
    "bind-verb-in-role": "P65",
    "cluster-wide-secrets-access": "P62",
    "configmap-with-credentials": "X01",
    "container-runtime-sock": "P17",
    "deletecollection-verb-in-role": "no: deleting one by one deletes all too",
    "escalate-verb-in-role": "P65",
    "externalname-service-redirect": "no: it is the way to name an external service",
    "hpa-maximum-replicas": "no: the right number depends on the project",
    "image-not-pinned-by-digest": "P27",
    "impersonate-without-resource-names": "P65",
    "init-container-security-gap": "no: settings of the pod apply to init containers too",
    "insecure-route-termination": "no: a kind of OpenShift",
    "kube-chainsaw-rbac": "P60 to P66, as far as they go",
    "no-startup-probe": "no: only slow starts need one",
    "pod-disruption-budget": "P44",
    "projected-token-long-expiration": "P25",
    "unset-ephemeral-storage-requirements": "P38",
    "webhook-failure-policy-ignore": "no: it is right for a webhook that must not block",
    "wildcard-resource-verb-combo": "P60 where it is bound, P61 the role",
}
"""Checks that were proposed for kube-linter, in no release yet."""
