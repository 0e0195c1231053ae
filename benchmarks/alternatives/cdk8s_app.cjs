// The workload by cdk8s in JavaScript: `node cdk8s_app.cjs FOLDER OUTPUT_FOLDER`.
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { ApiObject, App, Chart } = require("cdk8s");

const NAMESPACE = "shop";
const [folder, outdir] = process.argv.slice(2);

class Home extends Chart {
  constructor(scope) {
    super(scope, "home");
    new ApiObject(this, "namespace", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
  }
}

class WebService extends Chart {
  constructor(scope, app) {
    super(scope, app.name, { namespace: NAMESPACE });
    const selector = {
      "app.kubernetes.io/name": app.name,
      "app.kubernetes.io/part-of": NAMESPACE,
    };
    const labels = { ...selector, "app.kubernetes.io/version": app.image.split(":").at(-1) };
    const add = (apiVersion, kind, role, fields) => {
      const metadata = { name: `${app.name}-${role}`, labels };
      return new ApiObject(this, role, { apiVersion, kind, metadata, ...fields });
    };
    const config = add("v1", "ConfigMap", "config", { data: app.settings });
    const account = add("v1", "ServiceAccount", "account", { automountServiceAccountToken: false });
    const server = add("apps/v1", "Deployment", "server", {
      spec: {
        replicas: app.replicas,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: "25%" } },
        template: { metadata: { labels }, spec: pod(app, selector, config, account) },
      },
    });
    const service = add("v1", "Service", "http", {
      spec: {
        type: "ClusterIP",
        selector,
        ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
      },
    });
    add("autoscaling/v2", "HorizontalPodAutoscaler", "scaler", {
      spec: {
        minReplicas: app.replicas,
        maxReplicas: app.maxReplicas,
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: server.name },
        metrics: [utilization("cpu", 70), utilization("memory", 80)],
      },
    });
    add("policy/v1", "PodDisruptionBudget", "budget", {
      spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
    });
    add("networking.k8s.io/v1", "NetworkPolicy", "network", { spec: network(selector) });
    add("gateway.networking.k8s.io/v1", "HTTPRoute", "route", {
      spec: {
        parentRefs: [{ name: "public", namespace: "gateway", sectionName: "https" }],
        hostnames: [app.host],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            backendRefs: [{ name: service.name, port: 80 }],
            timeouts: { request: "30s" },
          },
        ],
      },
    });
  }
}

function pod(app, selector, config, account) {
  return {
    serviceAccountName: account.name,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 10001,
      fsGroup: 10001,
      seccompProfile: { type: "RuntimeDefault" },
    },
    terminationGracePeriodSeconds: 30,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector },
      },
    ],
    containers: [
      {
        name: "server",
        image: app.image,
        imagePullPolicy: "IfNotPresent",
        args: ["serve", "--config", "/etc/app/application.yaml"],
        ports: [{ name: "http", containerPort: app.port, protocol: "TCP" }],
        env: [
          { name: "PORT", value: String(app.port) },
          { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        ],
        envFrom: [{ configMapRef: { name: config.name } }],
        resources: {
          requests: { cpu: app.cpu, memory: app.memory },
          limits: { memory: app.memory },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        livenessProbe: probe("/healthz", 20),
        readinessProbe: probe("/readyz", 5),
        volumeMounts: [
          { name: "config", mountPath: "/etc/app", readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: config.name } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ],
  };
}

function probe(path, periodSeconds) {
  return {
    httpGet: { path, port: "http" },
    periodSeconds,
    timeoutSeconds: 2,
    failureThreshold: 3,
  };
}

function utilization(name, averageUtilization) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}

function network(selector) {
  const peer = (name) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  });
  return {
    podSelector: { matchLabels: selector },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [peer("gateway")], ports: [{ port: "http", protocol: "TCP" }] }],
    egress: [
      {
        to: [peer("kube-system")],
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
        ],
      },
    ],
  };
}

const platform = new App({ outdir });
new Home(platform);
for (const app of JSON.parse(readFileSync(join(folder, "apps.json"), "utf8"))) {
  new WebService(platform, app);
}
platform.synth();
