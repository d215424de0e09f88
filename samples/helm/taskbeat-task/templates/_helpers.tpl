{{/*
The release's name as a service may be called, with room for `-node-0-0` behind it: a pod's host name has 63 characters.
*/}}
{{- define "taskbeat-task.name" -}}
{{- regexReplaceAll "^[0-9]" (.Release.Name | replace "." "-" | trunc 45 | trimSuffix "-") "n${0}" -}}
{{- end }}

{{- define "taskbeat-task.labels" -}}
app.kubernetes.io/name: taskbeat-task
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* The service's selector. NVCF gives both new ones where these match, so they must be in the template's labels. */}}
{{- define "taskbeat-task.podLabels" -}}
app.kubernetes.io/name: taskbeat-task
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "taskbeat-task.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end }}

{{/* Where the torchrun of node 0 listens: the names are those that Job and JobSet give to pods. */}}
{{- define "taskbeat-task.master" -}}
{{- $name := include "taskbeat-task.name" . -}}
{{- if eq .Values.launcher "JobSet" }}{{ $name }}-node-0-0.{{ $name }}{{ else }}{{ $name }}-0.{{ $name }}{{ end -}}
{{- end }}

{{- define "taskbeat-task.env" -}}
{{- $values := .Values }}
{{- $fromPlatform := dict "NVCT_NCA_ID" "nvctNcaId" "NVCT_TASK_ID" "nvctTaskId" "NVCT_TASK_NAME" "nvctTaskName"
  "NVCT_RESULTS_DIR" "nvctResultsDir" "NVCT_PROGRESS_FILE_PATH" "nvctProgressFilePath" }}
{{- range $signal := list "Logs" "Metrics" "Traces" }}
{{- range $part := list "Endpoint" "Protocol" }}
{{- $_ := set $fromPlatform (printf "OTEL_EXPORTER_OTLP_%s_%s" (upper $signal) (upper $part)) (printf "otelExporterOtlp%s%s" $signal $part) }}
{{- end }}
{{- end }}
{{- $env := dict "HOME" "/tmp" "TASKBEAT_RESULTS" $values.results
  "TASKBEAT_GRACE" (printf "%ds" (div (mul (int $values.terminationGracePeriodSeconds) 5) 6)) }}
{{- range $name, $key := $fromPlatform }}
{{- with get $values $key }}{{ $_ := set $env $name . }}{{ end }}
{{- end }}
{{- if gt (int $values.nodes) 1 }}
{{- /* one run for all nodes; on NVCF the task's id is that */}}
{{- if not $values.nvctTaskId }}{{ $_ := set $env "TASKBEAT_RUN_ID" .Release.Name }}{{ end }}
{{- $_ := mergeOverwrite $env (dict "PET_NNODES" (toString $values.nodes) "PET_NPROC_PER_NODE" (toString (max $values.gpus 1))
  "PET_MASTER_ADDR" (include "taskbeat-task.master" .) "PET_MASTER_PORT" (toString $values.rendezvousPort)) }}
{{- end }}
{{- range $name, $value := mergeOverwrite $env $values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- if gt (int $values.nodes) 1 }}
{{- /* taskbeat's rank, by which node 0 alone writes progress; torchrun gives its processes ranks of their own */}}
{{- range $name := list "RANK" "PET_NODE_RANK" }}
- name: {{ $name }}
  valueFrom: {fieldRef: {fieldPath: "metadata.annotations['batch.kubernetes.io/job-completion-index']"}}
{{- end }}
{{- end }}
{{- end }}

{{/* The spec of a Job, for itself or within a JobSet, which counts restarts itself. */}}
{{- define "taskbeat-task.job" -}}
{{- $nodes := int .Values.nodes }}
{{- $isJob := eq .Values.launcher "Job" }}
{{- /* a new pod has an empty directory: the run would begin anew, and its percentage fall */}}
{{- if and (gt (int .Values.restarts) 0) (not .Values.resultsClaim) (not .Values.nvctTaskId) }}
{{- fail (printf "restarts is %d, but accepted without resultsClaim is 0: the results go with their pod, so the next one could not go on from them" (int .Values.restarts)) }}
{{- end }}
backoffLimit: {{ if $isJob }}{{ mul .Values.restarts $nodes }}{{ else }}0{{ end }}
{{- if gt $nodes 1 }}
completionMode: Indexed
completions: {{ $nodes }}
parallelism: {{ $nodes }}
{{- end }}
{{- if and $isJob (gt (int .Values.restarts) 0) }}
podFailurePolicy:
  rules:
    # wrong use, results that cannot be written, wrong configuration, no such command: another time would be the same
    - action: FailJob
      onExitCodes: {containerName: task, operator: In, values: [64, 73, 78, 126, 127]}
{{- end }}
template:
  metadata:
    labels:
      {{- include "taskbeat-task.podLabels" . | nindent 6 }}
  spec:
    # as NVCF asks; the pod that takes the place of a failed one goes on from the same results
    restartPolicy: Never
    automountServiceAccountToken: false
    terminationGracePeriodSeconds: {{ int .Values.terminationGracePeriodSeconds }}
    {{- if and $isJob (gt $nodes 1) }}
    subdomain: {{ include "taskbeat-task.name" . | quote }}
    {{- end }}
    {{- with compact (append .Values.imagePullSecrets .Values.ngcImagePullSecretName) }}
    imagePullSecrets:
      {{- range . }}
      - name: {{ . }}
      {{- end }}
    {{- end }}
    securityContext:
      runAsNonRoot: true
      runAsUser: {{ int .Values.runAsUser }}
      runAsGroup: {{ int .Values.runAsUser }}
      fsGroup: {{ int .Values.runAsUser }}
      seccompProfile: {type: RuntimeDefault}
    {{- with .Values.nodeSelector }}
    nodeSelector: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.tolerations }}
    tolerations: {{- toYaml . | nindent 6 }}
    {{- end }}
    containers:
      - name: task
        image: {{ include "taskbeat-task.image" . }}
        imagePullPolicy: {{ .Values.image.pullPolicy }}
        command: {{ toJson .Values.command }}
        args: {{ toJson .Values.args }}
        env:
          {{- include "taskbeat-task.env" . | trim | nindent 10 }}
        {{- with .Values.envFrom }}
        envFrom: {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- if gt $nodes 1 }}
        ports:
          - {name: rendezvous, containerPort: {{ .Values.rendezvousPort }}}
        {{- end }}
        resources:
          {{- $gpus := dict }}
          {{- with .Values.gpus }}{{ $gpus = dict "nvidia.com/gpu" (toString .) }}{{ end }}
          requests: {{- merge (dict) (.Values.resources.requests | default dict) $gpus | toYaml | nindent 12 }}
          limits: {{- merge (dict) .Values.resources.limits $gpus | toYaml | nindent 12 }}
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: {drop: [ALL]}
        volumeMounts:
          - {name: tmp, mountPath: /tmp}
          - {name: shared-memory, mountPath: /dev/shm}
          {{- if not .Values.nvctTaskId }}
          - {name: results, mountPath: {{ .Values.nvctResultsDir | default "/var/task/results" }}}
          {{- end }}
    volumes:
      - name: tmp
        emptyDir: {}
      - name: shared-memory
        emptyDir: {medium: Memory, sizeLimit: {{ .Values.sharedMemory }}}
      {{- /* on NVCF, the platform puts its own volume, which its worker sees too, at /var/task */}}
      {{- if not .Values.nvctTaskId }}
      - name: results
        {{- if .Values.resultsClaim }}
        persistentVolumeClaim: {claimName: {{ .Values.resultsClaim }}}
        {{- else }}
        emptyDir: {}
        {{- end }}
      {{- end }}
{{- end }}
