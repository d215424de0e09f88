import type { Signal } from '../otlp/signals.ts'
import type { PlatformProtocol } from '../settings/value.ts'

export interface Platform {
  readonly taskId: string
  readonly taskName: string
  /** As the task sees it. */
  readonly resultsDir: string
  readonly signals: readonly Signal[]
  readonly protocols: Readonly<Record<Signal, PlatformProtocol>>
  readonly ports: { readonly grpc: number; readonly http: number; readonly health: number }
}

/**
 * What the platform sets, whatever the user has set.
 *
 * @see NVIDIA/nvcf icms-translate `common/env.go`
 */
const platformVariables = ({ taskId, taskName, resultsDir }: Platform) => ({
  NVCT_TASK_ID: taskId,
  NVCT_TASK_NAME: taskName,
  NVCT_NCA_ID: 'emulated-nca',
  NVCT_RESULTS_DIR: resultsDir,
  NVCT_PROGRESS_FILE_PATH: `${resultsDir}/progress`,
  NVCT_INSTANCE_ID: `emulated-${taskId.slice(0, 8)}`,
  NVCF_REGION: 'emulated-region',
  NVCF_BACKEND: 'emulator',
  NVCF_ENV: 'emulated',
  NVCF_INSTANCETYPE: 'EMULATED',
  NVCF_INSTANCETYPE_VALUE: 'emulated.1x',
})

/**
 * What Bring Your Own Observability sets for each attached signal; a user's own value wins, even an empty one.
 *
 * @see NVIDIA/nvcf icms-translate `common/otel.go`, `MakeOTelEnvSet`
 */
const telemetryVariables = ({ signals, protocols, ports }: Platform): Readonly<Record<string, string>> => {
  if (signals.length === 0) return {}
  const pairs = signals.flatMap((signal) => {
    const prefix = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}`
    const endpoint =
      protocols[signal] === 'grpc'
        ? `http://127.0.0.1:${ports.grpc}`
        : `http://127.0.0.1:${ports.http}/v1/${signal}`
    return [
      [`${prefix}_PROTOCOL`, protocols[signal]],
      [`${prefix}_ENDPOINT`, endpoint],
    ]
  })
  const health = `http://127.0.0.1:${ports.health}/health`
  return { ...Object.fromEntries(pairs), OTEL_HEALTH_CHECK_ENDPOINT: health }
}

export interface TaskEnvironment {
  readonly variables: Readonly<Record<string, string>>
  /** Variables of telemetry that the user has set, so that the platform's do not count. */
  readonly overridden: readonly string[]
}

/** The environment of a task: telemetry's variables, over them the user's, over those the platform's. */
export const taskEnvironment = (
  platform: Platform,
  user: Readonly<Record<string, string | undefined>>,
): TaskEnvironment => {
  const telemetry = telemetryVariables(platform)
  const own = Object.entries(user).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return {
    variables: { ...telemetry, ...Object.fromEntries(own), ...platformVariables(platform) },
    overridden: Object.keys(telemetry).filter((name) => user[name] !== undefined),
  }
}
