import { describe, expect, it } from 'vitest'
import { type Platform, taskEnvironment } from '../../src/emulator/environment.ts'

const platform: Platform = {
  taskId: '579ad430-a4ba-46ee-88ae-d2db2f4a4b1a',
  taskName: 'emulated-task',
  resultsDir: '/var/task/results',
  signals: ['traces', 'metrics', 'logs'],
  protocols: { traces: 'grpc', metrics: 'http', logs: 'http' },
  ports: { grpc: 14357, http: 14358, health: 13133 },
}

const progress = {
  NVCT_TASK_ID: '579ad430-a4ba-46ee-88ae-d2db2f4a4b1a',
  NVCT_TASK_NAME: 'emulated-task',
  NVCT_NCA_ID: 'emulated-nca',
  NVCT_RESULTS_DIR: '/var/task/results',
  NVCT_PROGRESS_FILE_PATH: '/var/task/results/progress',
  NVCT_INSTANCE_ID: 'emulated-579ad430',
  NVCF_REGION: 'emulated-region',
  NVCF_BACKEND: 'emulator',
  NVCF_ENV: 'emulated',
  NVCF_INSTANCETYPE: 'EMULATED',
  NVCF_INSTANCETYPE_VALUE: 'emulated.1x',
}

describe('the environment of a task', () => {
  it('is exactly what the platform sets, each signal with its own protocol', () => {
    expect(taskEnvironment(platform, {})).toEqual({
      variables: {
        ...progress,
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:14357',
        OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http',
        OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://127.0.0.1:14358/v1/metrics',
        OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http',
        OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://127.0.0.1:14358/v1/logs',
        OTEL_HEALTH_CHECK_ENDPOINT: 'http://127.0.0.1:13133/health',
      },
      overridden: [],
    })
  })

  it('has nothing of telemetry where none is attached', () => {
    expect(taskEnvironment({ ...platform, signals: [] }, {}).variables).toEqual(progress)
  })

  it('keeps what the user has set, but for what is the platform’s', () => {
    const { variables } = taskEnvironment(platform, {
      EPOCHS: '3',
      NVCT_RESULTS_DIR: '/mine',
      NVCF_REGION: 'x',
    })
    expect(variables).toMatchObject({ ...progress, EPOCHS: '3' })
  })

  it('lets the user’s own telemetry win, even where it is empty, and says so', () => {
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '', OTEL_SERVICE_NAME: 'mine' }
    const { variables, overridden } = taskEnvironment(platform, own)
    expect(variables.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT).toBe('')
    expect(overridden).toEqual(['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'])
  })
})
