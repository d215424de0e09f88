import { WORKER_ERRORS } from '../../progress/contract.ts'

/**
 * How much a finding weighs. `error`: the platform ends the task, or loses results. `warning`: something is lost, or
 * would be under other timing. `note`: worth knowing; it counts against nothing.
 */
export type Severity = 'error' | 'warning' | 'note'

export interface FindingKind {
  readonly severity: Severity
  /** What the platform does about it, with its own words where it has some. */
  readonly platform: string
  /** What to do. */
  readonly remedy: string
}

const errored = (words: string) => `ERRORED: ${words}`

/** Everything that can be found, by its stable id. */
export const findingKinds = {
  'progress-missing': {
    severity: 'error',
    platform: errored('task container is not ready as progress file is not created'),
    remedy: 'write NVCT_PROGRESS_FILE_PATH first of all, with percentComplete 0 and an empty name',
  },
  'progress-removed': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.missingFile),
    remedy: 'never remove the progress file: replace it by rename',
  },
  'progress-malformed': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.malformed),
    remedy:
      'write one whole JSON object: percentComplete a plain integer, strings in double quotes, no trailing comma',
  },
  'timestamp-invalid': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.timestamp),
    remedy: 'write lastUpdatedAt as RFC 3339 in UTC, such as 2026-11-20T15:04:05.123Z',
  },
  'timestamp-future': {
    severity: 'warning',
    platform: 'takes it, and does not notice a task that hangs until that time has passed',
    remedy: 'write the present time in UTC, with Z, not local time',
  },
  'heartbeat-stale': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.stale),
    remedy: 'rewrite the file with a fresh lastUpdatedAt at least every 3 minutes, from its own thread',
  },
  'heartbeat-slow': {
    severity: 'warning',
    platform: 'its documentation asks for a fresh lastUpdatedAt every 3 minutes; its worker waits for 5',
    remedy: 'write a heartbeat once a minute',
  },
  'task-id-mismatch': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.taskId),
    remedy: 'write the value of NVCT_TASK_ID as taskId, or leave it empty',
  },
  'percent-zero-named': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.percentRange),
    remedy: 'leave name empty as long as percentComplete is 0, and name a state from 1 percent on',
  },
  'percent-range': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.percentRange),
    remedy: 'write an integer from 1 to 100; 0 only before the first state',
  },
  'percent-decreased': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.percentDecrease),
    remedy: 'never write less than before: one writer only, and after a restart go on from the file',
  },
  'name-empty': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.nameLength),
    remedy: 'give each new percentage the name of its directory under NVCT_RESULTS_DIR',
  },
  'name-too-long': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.nameLength),
    remedy: 'keep names to 190 bytes',
  },
  'name-prefix': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.namePrefix),
    remedy: 'write the bare name of a directory in NVCT_RESULTS_DIR, without a path',
  },
  'name-characters': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.nameCharacters),
    remedy: 'use letters, digits and ! _ - . * ’ ( ) only: no blanks, no slashes',
  },
  'name-repeated': {
    severity: 'error',
    platform: errored(WORKER_ERRORS.nameRepeated),
    remedy: 'give each new percentage, the final 100 too, a new name and a directory of that name',
  },
  'name-reused': {
    severity: 'warning',
    platform: 'takes it, and uploads two results of one name; its documentation asks for unique names',
    remedy: 'never use a name twice in the life of a task, across restarts too',
  },
  'name-whole-tree': {
    severity: 'error',
    platform: 'takes it, and uploads the whole results directory, or its parent, as one result',
    remedy: 'name one complete directory under NVCT_RESULTS_DIR',
  },
  'metadata-too-large': {
    severity: 'error',
    platform: 'drops the state, and most often the task at the next one: ERRORED: internal error: EOF',
    remedy: 'keep metadata below 8 MiB; put large data into the result itself',
  },
  'metadata-ignored': {
    severity: 'warning',
    platform: 'ignores metadata that changes while name and percentComplete stay the same',
    remedy: 'write metadata together with a new state, or send it as telemetry',
  },
  'member-unknown': {
    severity: 'note',
    platform: 'ignores members that it does not know',
    remedy: 'put your own data into metadata; a missing percentComplete counts as 0',
  },
  'write-in-place': {
    severity: 'warning',
    platform:
      'reads half-written text: a retry that costs states, or ERRORED: invalid schema of progress file',
    remedy: 'write a temporary file in the same directory, then rename it over the progress file',
  },
  'state-missed': {
    severity: 'error',
    platform: 'never sees a state that is replaced before it looks: its result is not uploaded',
    remedy: 'leave each named state, the first one too, in place for at least 6 seconds',
  },
  'results-missing': {
    severity: 'error',
    platform: errored('failed to upload some results, when 100 is reached'),
    remedy: 'complete the directory NVCT_RESULTS_DIR/<name> before the state is written',
  },
  'results-empty': {
    severity: 'error',
    platform: errored('failed to upload some results, when 100 is reached'),
    remedy: 'write the files before the state: stage them, then rename the directory',
  },
  'results-not-a-directory': {
    severity: 'error',
    platform: errored('failed to upload some results, when 100 is reached'),
    remedy: 'put the file into a directory, and name that',
  },
  'results-unreadable': {
    severity: 'warning',
    platform: 'reads results with rights of its own, and fails the upload where it may not',
    remedy: 'save results so that others may read them: files 0644, directories 0755',
  },
  'results-empty-file': {
    severity: 'warning',
    platform: 'is likely to fail at files of 0 bytes, which have no part to upload',
    remedy: 'leave empty files out of results',
  },
  'results-changed': {
    severity: 'warning',
    platform:
      'uploads while the task goes on: what changes after the state was written may be half old, half new',
    remedy: 'write a result once, before its state, and leave it alone',
  },
  'results-unnamed': {
    severity: 'note',
    platform: 'uploads only directories that a state has named',
    remedy: 'announce each result with a state of its own, or keep other data elsewhere',
  },
  'results-directory-replaced': {
    severity: 'error',
    platform: 'watches the directory that it made, and goes blind when it is removed or moved',
    remedy: 'never remove or replace NVCT_RESULTS_DIR itself',
  },
  'exit-without-100': {
    severity: 'error',
    platform: errored(`${WORKER_ERRORS.stale}, 5 to 10 minutes after the task has ended`),
    remedy: 'write 100 with a last, new name before the task ends with 0',
  },
  'exit-status': {
    severity: 'error',
    platform: 'ERRORED: CONTAINER task EXITED, with the status and the last 1,024 bytes of its log',
    remedy: 'mend what the end of the log says; only 0 after 100 is a success',
  },
  'exit-by-signal': {
    severity: 'error',
    platform: 'ERRORED: CONTAINER task EXITED, with 128 and the number of the signal',
    remedy:
      'SIGKILL without a cause in the log is most often memory; SIGSEGV and SIGABRT are faults of native code',
  },
  'not-started': {
    severity: 'error',
    platform: 'ERRORED: the container cannot start its command',
    remedy: 'check path, execute permission and #! line of the command',
  },
  'exit-status-after-100': {
    severity: 'warning',
    platform: 'says COMPLETED, as 100 was read before; the failure shows nowhere',
    remedy: 'write 100 last of all, when nothing can fail any more',
  },
  'sigterm-ignored': {
    severity: 'warning',
    platform: 'sends SIGKILL when the grace is over; what is not saved or sent by then is lost',
    remedy: 'end on SIGTERM: save, flush telemetry, exit (use exec in shell scripts)',
  },
  'max-run-time': {
    severity: 'error',
    platform: 'EXCEEDED_MAX_RUNTIME_DURATION: the task is killed at once, without SIGTERM',
    remedy: 'ask for more time, or end by yourself before',
  },
  canceled: {
    severity: 'error',
    platform: 'CANCELED: later results are ignored',
    remedy: 'nothing: somebody asked for it',
  },
  'telemetry-lost': {
    severity: 'error',
    platform: 'never got these items: they are in no backend',
    remedy: 'flush before the end and before 100; retry what may be retried; keep the rest for later',
  },
  'telemetry-waiting': {
    severity: 'warning',
    platform: 'never got these items; they are in the task’s spool',
    remedy: 'a restart in the same directory delivers them, or taskbeat replay with the results directory',
  },
  'telemetry-duplicated': {
    severity: 'warning',
    platform: 'got these items more than once, and so does the backend',
    remedy: 'retry only requests that were not answered; a lost answer cannot be told from a lost request',
  },
  'telemetry-rejected': {
    severity: 'error',
    platform:
      'took the request and rejected items of it (partial success), such as those with impossible ids',
    remedy: 'count rejected items as lost, and read the reason in the response',
  },
  'telemetry-refused': {
    severity: 'warning',
    platform: 'has no such address, method or type (404, 405, 415), or finds the request too large (413)',
    remedy: 'send to the injected endpoint as it is, by POST, and in batches below 20 MiB',
  },
  'telemetry-malformed': {
    severity: 'error',
    platform: 'answers 400 or INVALID_ARGUMENT, and drops the request',
    remedy: 'send OTLP as the specification has it: use an official exporter',
  },
  'telemetry-silent': {
    severity: 'note',
    platform: 'has an endpoint for this signal, and nothing came',
    remedy:
      'check that the program reads OTEL_EXPORTER_OTLP_<SIGNAL>_ENDPOINT and _PROTOCOL, where http is one of the values',
  },
  'telemetry-elsewhere': {
    severity: 'note',
    platform: 'lets a value of yours win over its own, even an empty one',
    remedy: 'unset the variable to use the collector of the platform',
  },
  'spans-orphaned': {
    severity: 'warning',
    platform: 'shows these spans without what they belong to',
    remedy: 'end and flush the parent spans before the process ends',
  },
  'spans-unended': {
    severity: 'warning',
    platform: 'never got the end of these spans: only their children or log records speak of them',
    remedy: 'end spans on every way out, SIGTERM included, and flush',
  },
  'logs-without-trace': {
    severity: 'note',
    platform: 'cannot show these log records with a trace',
    remedy: 'emit log records within an active span',
  },
} as const satisfies Readonly<Record<string, FindingKind>>

export type FindingId = keyof typeof findingKinds

/** One thing that was found. */
export interface Finding extends FindingKind {
  readonly id: FindingId
  /** What was seen, with its numbers and names. */
  readonly seen: string
  /** Accepted by `--allow`. */
  readonly isAllowed: boolean
}

export const isFindingId = (text: string): text is FindingId => Object.hasOwn(findingKinds, text)
