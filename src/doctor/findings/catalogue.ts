/**
 * How much a finding weighs. `error`: a task that starts like this fails, or its telemetry or results are lost. `warning`:
 * most likely not what is meant, or lost under other circumstances. `note`: worth knowing.
 */
export type Severity = 'error' | 'warning' | 'note'

export interface FindingKind {
  readonly severity: Severity
  /** What to do. */
  readonly remedy: string
}

const known = (severity: Severity, remedy: string): FindingKind => ({ severity, remedy })

/** Everything that can be found, by its stable id, in the order of a look from the settings to the machine. */
export const findingKinds = {
  'setting-invalid': known('error', 'write a value that is accepted, or unset it'),
  'variable-misspelt': known('error', 'rename it: nobody reads a variable of this name'),
  'variable-like-ours': known(
    'warning',
    'rename it, if that is what is meant; if it is for another program, let it be',
  ),
  'variable-unknown': known(
    'warning',
    'look its name up in docs/cli.md; if it is for another program, let it be',
  ),
  'variable-ignored': known(
    'note',
    'nothing, if it is for the SDK of the command; taskbeat does not read it',
  ),
  'variable-blank': known(
    'note',
    'unset it: a blank variable counts as unset, and on the platform it takes the place of the one that is injected',
  ),
  'exporter-ignores-endpoint': known(
    'warning',
    'take `none` or `console` out of `OTEL_<SIGNAL>_EXPORTER`, or the endpoint',
  ),
  'sdk-disabled': known('warning', 'unset OTEL_SDK_DISABLED, or the endpoints that it makes useless'),
  'endpoint-missing': known(
    'warning',
    'set OTEL_EXPORTER_OTLP_ENDPOINT for all signals, or say `OTEL_<SIGNAL>_EXPORTER=none`',
  ),
  'telemetry-nowhere': known(
    'note',
    'set OTEL_EXPORTER_OTLP_ENDPOINT, or attach telemetry to the task; --console shows it here',
  ),
  'service-unnamed': known(
    'note',
    'set OTEL_SERVICE_NAME, so that backends can tell this training from others',
  ),
  'setting-placeholder': known('error', 'let the shell, the chart or the pod replace it by its value'),
  'endpoint-placeholder': known('error', 'let the shell, the chart or the pod replace it by its value'),
  'endpoint-no-scheme': known(
    'note',
    'write http:// or https:// before it: without, programs differ in whether they use TLS',
  ),
  'endpoint-no-path': known('warning', 'append `/v1/<signal>`: an endpoint of one signal is used as it is'),
  'endpoint-path-of-other-signal': known('error', 'use the path of the signal itself, `/v1/<signal>`'),
  'endpoint-path-twice': known(
    'error',
    'take the path away: to an endpoint for all signals `/v1/<signal>` is appended',
  ),
  'endpoint-path-ignored': known('note', 'take the path away, or choose the protocol http'),
  'endpoint-localhost': known(
    'warning',
    'name the collector’s host: in a container localhost is the container itself',
  ),
  'protocol-port': known(
    'warning',
    'by custom gRPC has 4317 (14357 on NVCF), HTTP 4318 (14358): change the port or OTEL_EXPORTER_OTLP_PROTOCOL',
  ),
  'insecure-ignored': known('note', 'unset it: where the endpoint has a scheme, the scheme decides'),
  'headers-quoted': known('error', 'take the quotes away: they become a part of the header'),
  'headers-without-tls': known('warning', 'use https://: what is in the headers can be read on the way'),
  'tls-file': known('error', 'name a readable PEM file; with a client key goes its certificate'),
  'tls-unused': known('warning', 'use https://: without TLS, certificates and keys are not used'),
  'trainer-url': known(
    'error',
    'write an https:// URL, as the controller of Kubeflow does: the TrainJob is not told of progress',
  ),
  'trainer-file': known(
    'error',
    'mount it, and let this user read it: the TrainJob is not told of progress without',
  ),
  'proxy-captures-endpoint': known(
    'warning',
    'add the collector’s host to no_proxy, if it should not be reached through the proxy',
  ),
  'proxy-stops-canary': known(
    'error',
    'add the collector’s host to no_proxy, or see why the proxy does not let it through',
  ),
  'timeout-short': known('warning', 'the unit is milliseconds: 10000 is ten seconds'),
  'interval-odd': known('warning', 'the unit is milliseconds: 60000 is a minute'),
  'drain-none': known(
    'warning',
    'give the end some seconds (--drain 5), else the last telemetry waits for a replay',
  ),
  'dwell-short': known('warning', 'let states stay for 6 s (--dwell 6): the platform looks every 5 s'),
  'heartbeat-slow': known('note', 'write a heartbeat once a minute (--heartbeat 60)'),
  'traceparent-invalid': known(
    'warning',
    'hand on what the caller has: `00-<32 hex digits>-<16 hex digits>-01`',
  ),
  'collector-unreachable': known(
    'error',
    'start the collector, or correct host and port; training would go on, and telemetry wait on disk',
  ),
  'scheme-https-plain': known('error', 'write http://, or the port at which the collector has TLS'),
  'scheme-http-tls': known('error', 'write https://, or the port at which the collector has no TLS'),
  'protocol-grpc-at-http': known(
    'error',
    'set OTEL_EXPORTER_OTLP_PROTOCOL=http, or use the collector’s port for gRPC (4317)',
  ),
  'protocol-http-at-grpc': known(
    'error',
    'set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, or use the collector’s port for HTTP (4318)',
  ),
  'certificate-refused': known(
    'error',
    'name the authority that signed it (OTEL_EXPORTER_OTLP_CERTIFICATE), or use the host that it is for',
  ),
  'certificate-expires': known('warning', 'renew the collector’s certificate'),
  'canary-unauthorised': known(
    'error',
    'correct the credentials in OTEL_EXPORTER_OTLP_HEADERS: name, scheme such as `Bearer%20`, and value',
  ),
  'canary-no-path': known(
    'error',
    'correct the path: for HTTP it is `/v1/<signal>` behind the base of the collector',
  ),
  'canary-rejected': known(
    'error',
    'read the reason: the collector took the request, and threw the item away',
  ),
  'canary-refused': known('error', 'read the reason: the collector does not take what it gets'),
  'canary-put-off': known(
    'warning',
    'look at the collector’s load and its backend; telemetry waits on disk meanwhile',
  ),
  'canary-unanswered': known('error', 'look whether the collector, or a firewall before it, hangs'),
  'canary-remarked': known('note', 'read the reason: the collector took the item, with a remark'),
  'collector-unhealthy': known(
    'warning',
    'look at the collector’s log; taskbeat does not wait for its health, and telemetry waits on disk',
  ),
  'clock-skew': known('warning', 'set the clock (NTP): the platform holds lastUpdatedAt against its own'),
  'clock-wrong': known('error', 'set the clock: a progress file of the past counts as a dead task'),
  'timezone-unknown': known('note', 'correct TZ; what taskbeat writes is in UTC all the same'),
  'results-unwritable': known(
    'error',
    'give this user the right to write there, mount it writable, or name another directory (--results-dir)',
  ),
  'results-silent': known('error', 'look at the mount: the file system does not answer'),
  'results-rename': known(
    'error',
    'use a file system that renames atomically (a local disk, an emptyDir, NFS): progress file and checkpoints need it',
  ),
  'results-full': known('error', 'free space, or name another directory (--results-dir)'),
  'results-low': known('warning', 'free space: checkpoints are large'),
  'results-object-store': known(
    'warning',
    'keep results on a disk and copy them: an object store as a file system has no atomic rename',
  ),
  'results-network': known(
    'note',
    'keep in mind that others see changes late, and that locks and renames depend on the server',
  ),
  'results-in-memory': known(
    'note',
    'mount a disk: these results count against memory, and end with the container',
  ),
  'results-in-container': known('note', 'mount a volume: these results end with the container'),
  'progress-unwritable': known('error', 'name a file in the results directory (--progress-file), or none'),
  'progress-outside': known(
    'warning',
    'put it into the results directory: the platform watches NVCT_PROGRESS_FILE_PATH in NVCT_RESULTS_DIR',
  ),
  'progress-elsewhere': known('warning', 'put it on the file system of the results directory'),
  'progress-foreign': known('error', 'use the results directory of this task, or an empty one'),
  'progress-refused': known(
    'warning',
    'remove it before the task starts, unless it is to be resumed: the platform may read it first',
  ),
  'progress-complete': known(
    'warning',
    'use an empty results directory to train again: this one says that all is done, and `run` ends at once',
  ),
  'checkpoints-invalid': known(
    'error',
    'write a pattern relative to the results directory, such as checkpoint-*',
  ),
  'checkpoints-nothing': known('warning', 'compare the pattern with the names in the results directory'),
  'checkpoints-nothing-yet': known(
    'note',
    'nothing, if there are no checkpoints yet; else compare the pattern with the names in the results directory',
  ),
  'checkpoints-match-progress': known(
    'warning',
    'narrow the pattern: it matches the progress file, which is never one',
  ),
  'spool-unwritable': known(
    'warning',
    'name a writable directory (--spool-dir): telemetry of an outage has no other place',
  ),
  'spool-waiting': known('note', 'nothing: the next run here delivers it, or taskbeat replay does now'),
  'nvct-half-set': known(
    'warning',
    'set all that the platform sets, or none: NVCT_TASK_ID, NVCT_RESULTS_DIR, NVCT_PROGRESS_FILE_PATH',
  ),
  'nvct-task-id-missing': known('note', 'set NVCT_TASK_ID to play a task; without, states do not dwell'),
  'command-missing': known('error', 'correct the command or PATH: `run` would end with 127'),
  'command-not-executable': known('error', 'make it executable (chmod +x): `run` would end with 126'),
  'gpu-driver-missing': known(
    'warning',
    'start the container with GPUs (docker run --gpus all; a GPU in the pod’s limits)',
  ),
  'gpu-unreadable': known(
    'warning',
    'give the container the driver’s utilities (NVIDIA_DRIVER_CAPABILITIES=compute,utility)',
  ),
  'gpu-none-visible': known('warning', 'correct CUDA_VISIBLE_DEVICES: the job sees no GPU'),
  'gpu-unwell': known('warning', 'have the GPU reset or replaced'),
  'gpu-silent': known('warning', 'try nvidia-smi: the driver may hang, or sleep (turn persistence mode on)'),
  'koffi-missing': known(
    'note',
    'reinstall taskbeat with optional dependencies: without, orphans of the command are not reaped',
  ),
  'memory-limit-low': known(
    'warning',
    'give the container 256 MiB for taskbeat beside what the training needs',
  ),
  'cpu-limit-low': known('warning', 'give the container half a CPU at least: heartbeats may come late'),
} as const satisfies Readonly<Record<string, FindingKind>>

export type FindingId = keyof typeof findingKinds

/** Something that was found. */
export interface Finding extends FindingKind {
  readonly id: FindingId
  /** What was seen: names and values, without secrets. */
  readonly seen: string
}

/** What was found, before the catalogue says what to do. */
export type Found = readonly [id: FindingId, seen: string]

export const severityWeights: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 }
