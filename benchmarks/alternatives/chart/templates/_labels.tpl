{{- define "shop.selector" -}}
app.kubernetes.io/name: {{ .app.name }}
app.kubernetes.io/part-of: {{ .namespace }}
{{- end }}

{{- define "shop.labels" -}}
{{ include "shop.selector" . }}
app.kubernetes.io/version: {{ .app.image | splitList ":" | last | quote }}
{{- end }}

{{- define "shop.metadata" -}}
name: {{ .app.name }}-{{ .role }}
namespace: {{ .namespace }}
labels:
  {{- include "shop.labels" . | nindent 2 }}
{{- end }}
