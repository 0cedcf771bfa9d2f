{{/* Name of every object: the release's, with "tidegate" in it. A Service takes no dot, and `<name>-certificates` 63 letters. */}}
{{- define "tidegate.name" -}}
{{- $name := contains "tidegate" .Release.Name | ternary .Release.Name (printf "%s-tidegate" .Release.Name) -}}
{{- default $name .Values.fullnameOverride | replace "." "-" | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{/* What selects the Pods; never changes, for a Deployment's selector cannot. */}}
{{- define "tidegate.selector" -}}
app.kubernetes.io/name: tidegate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: webhook
{{- end }}

{{- define "tidegate.labels" -}}
app.kubernetes.io/name: tidegate
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: tidegate
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
metadata of an object: (dict "of" $ "suffix" "-settings"). More `labels` and `annotations` may be given, and `cluster: true`
for an object that no namespace holds.
*/}}
{{- define "tidegate.metadata" -}}
name: {{ include "tidegate.name" .of }}{{ .suffix }}
{{- if not .cluster }}
namespace: {{ .of.Release.Namespace }}
{{- end }}
labels:
  {{- include "tidegate.labels" .of | nindent 2 }}
{{- with .labels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with merge (dict) (.annotations | default dict) .of.Values.annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "tidegate.image" -}}
{{- with .Values.image -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end }}

{{/* Secret of the certificates: the one that is given, or our own. */}}
{{- define "tidegate.secret" -}}
{{- if eq .Values.certificates.mode "provided" -}}
{{ required "certificates.secretName names the Secret with tls.crt, tls.key and ca.crt, which certificates.mode=provided needs" .Values.certificates.secretName }}
{{- else -}}
{{ include "tidegate.name" . }}-certificates
{{- end -}}
{{- end }}

{{/* tidegate.yaml as the program reads it: the value `settings`, and what makes it a file of ours. */}}
{{- define "tidegate.settings" -}}
apiVersion: tidegate.dev/v1alpha1
kind: Settings
{{- with omit .Values.settings "apiVersion" "kind" }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Names of the policies that the chart carries, as a JSON array. */}}
{{- define "tidegate.policies" -}}
{{- $names := list -}}
{{- range $path, $_ := .Files.Glob "policies/*/policy.yaml" -}}
{{- $names = append $names (base (dir $path)) -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}
