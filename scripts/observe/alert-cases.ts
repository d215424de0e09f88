/**
 * What every alert is tried with: series of a task that it is for, and of one that it is not for, in the notation of
 * promtool, with a value a minute.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 */
import { stringify } from 'yaml'
import { prometheusRules } from './alert-files.ts'
import { type Alert, alerts } from './alerts.ts'
import { type Asking, asking } from './query.ts'

type Series = readonly (readonly [series: string, values: string])[]

interface Case {
  /** When to look, in minutes. */
  readonly at: number
  readonly fires: (task: Asking) => Series
  readonly quiet: (task: Asking) => Series
}

const age = ({ of }: Asking) => of('taskbeat.progress.age')
const steps = ({ of }: Asking) => of('taskbeat.training.steps')
const percent = ({ of }: Asking) => of('taskbeat.progress.percent')
const models = ({ of }: Asking) => of('taskbeat.training.models.active')
const loss = ({ of }: Asking) => of('taskbeat.training.loss')
const idle = ({ of }: Asking) => of('taskbeat.gpu.idle.time', { 'hw.id': 'GPU-1', 'taskbeat.gpu.index': '0' })

export const alertCases: Readonly<Record<string, readonly Case[]>> = {
  TaskbeatSilent: [
    {
      at: 12,
      fires: (task) => [
        [age(task), '1x5'],
        [percent(task), '50x5'],
        [models(task), '1x5'],
      ],
      quiet: (task) => [
        [age(task), '1x5'],
        [percent(task), '50x4 100'],
      ],
    },
    // killed soon, and one that failed with a last word
    {
      at: 12,
      fires: (task) => [
        [age(task), '1x6'],
        [models(task), '1x2'],
      ],
      quiet: (task) => [
        [age(task), '1x5'],
        [percent(task), '50x5'],
        [models(task), '1x4 0'],
      ],
    },
    // long gone, and a command that tells neither steps nor percent: nobody knows how it ended
    {
      at: 50,
      fires: (task) => [
        [age(task), '1x5'],
        [models(task), '1x5'],
      ],
      quiet: (task) => [[age(task), '1x5']],
    },
  ],
  TaskbeatEndedEarly: [
    {
      at: 10,
      fires: (task) => [
        [percent(task), '0x5'],
        [models(task), '1x4 0'],
      ],
      quiet: (task) => [
        [percent(task), '50x4 100'],
        [models(task), '1x4 0'],
      ],
    },
  ],
  TaskbeatNoProgress: [
    { at: 15, fires: (task) => [[age(task), '0+60x15']], quiet: (task) => [[age(task), '30x15']] },
  ],
  TaskbeatStalled: [
    {
      at: 25,
      fires: (task) => [
        [age(task), '0+60x25'],
        [idle(task), '0+60x25'],
      ],
      quiet: (task) => [
        [age(task), '0+60x25'],
        [idle(task), '0+6x25'],
      ],
    },
  ],
  TaskbeatLossNotANumber: [
    {
      at: 6,
      fires: (task) => [[loss(task), '2 1 NaN NaN NaN NaN NaN']],
      quiet: (task) => [[loss(task), '2 1 1 1 1 1 1']],
    },
    {
      at: 4,
      fires: (task) => [[loss(task), '2 1 Inf Inf Inf']],
      quiet: (task) => [[loss(task), '2 1 0 0 0']],
    },
    // a backend that drops what is no number
    {
      at: 15,
      fires: (task) => [
        [steps(task), '0+60x15'],
        [loss(task), '1x5'],
      ],
      quiet: (task) => [[steps(task), '0+60x15']],
    },
  ],
  TaskbeatNoCheckpoint: [
    {
      at: 140,
      fires: (task) => [[steps(task), '0+60x140']],
      quiet: (task) => [
        [steps(task), '0+60x140'],
        [task.of('taskbeat.training.checkpoints.saved'), '_x60 1x80'],
      ],
    },
    // young, or one that does not train
    {
      at: 140,
      fires: (task) => [
        [steps(task), '0+60x140'],
        [task.of('taskbeat.training.checkpoints.saved'), '1x140'],
      ],
      quiet: (task) => [[steps(task), '_x60 0+60x80']],
    },
  ],
  TaskbeatDiskFull: [
    {
      at: 10,
      fires: (task) => [[task.of('system.filesystem.utilization'), '0.97x10']],
      quiet: (task) => [[task.of('system.filesystem.utilization'), '0.9x10']],
    },
  ],
  TaskbeatTelemetryLost: [
    {
      at: 3,
      fires: (task) => [
        [
          task.of('taskbeat.telemetry.items', { 'taskbeat.signal': 'logs', 'taskbeat.outcome': 'dropped' }),
          '_ 7x2',
        ],
      ],
      quiet: (task) => [
        [
          task.of('taskbeat.telemetry.items', { 'taskbeat.signal': 'logs', 'taskbeat.outcome': 'delivered' }),
          '0+9x3',
        ],
      ],
    },
    // what was lost long ago is no news
    {
      at: 60,
      fires: (task) => [[task.of('taskbeat.telemetry.items', { 'taskbeat.outcome': 'dropped' }), '7x55 9x5']],
      quiet: (task) => [[task.of('taskbeat.telemetry.items', { 'taskbeat.outcome': 'dropped' }), '7x60']],
    },
  ],
  TaskbeatSpoolGrowing: [
    {
      at: 25,
      fires: (task) => [[task.of('taskbeat.telemetry.spool.items'), '0+10x25']],
      quiet: (task) => [[task.of('taskbeat.telemetry.spool.items'), '500-10x25']],
    },
  ],
  TaskbeatGpuError: [
    {
      at: 3,
      fires: (task) => [[task.of('hw.errors', { 'error.type': 'xid_48' }), '_ 1x2']],
      quiet: (task) => [
        [task.of('hw.errors', { 'error.type': 'xid_31' }), '_ 1x2'],
        [task.of('hw.errors', { 'error.type': 'corrected' }), '0+1x3'],
        [task.of('hw.errors', { 'error.type': 'uncorrected' }), '0x3'],
      ],
    },
  ],
  TaskbeatGpuUnwell: [
    {
      at: 4,
      fires: (task) => [[task.of('hw.status', { 'hw.state': 'failed' }), '0 1x3']],
      quiet: (task) => [
        [task.of('hw.status', { 'hw.state': 'ok' }), '1x4'],
        [task.of('hw.status', { 'hw.state': 'failed' }), '0x4'],
      ],
    },
  ],
  TaskbeatGpuIdle: [
    {
      at: 30,
      fires: (task) => [[idle(task), '0+40x30']],
      quiet: (task) => [[idle(task), '0+20x30']],
    },
  ],
  TaskbeatMemoryNearLimit: [
    {
      at: 5,
      fires: (task) => [[task.of('taskbeat.cgroup.memory.utilization'), '0.95x5']],
      quiet: (task) => [[task.of('taskbeat.cgroup.memory.utilization'), '0.9x5']],
    },
    {
      at: 5,
      fires: (task) => [[task.of('system.memory.utilization', { 'system.memory.state': 'used' }), '0.97x5']],
      quiet: (task) => [
        [task.of('system.memory.utilization', { 'system.memory.state': 'used' }), '0.9x5'],
        [task.of('system.memory.utilization', { 'system.memory.state': 'available' }), '0.99x5'],
      ],
    },
  ],
  TaskbeatOutOfMemory: [
    {
      at: 5,
      fires: (task) => [[task.of('taskbeat.cgroup.memory.oom_kills'), '0x3 1x2']],
      quiet: (task) => [[task.of('taskbeat.cgroup.memory.oom_kills'), '0x5']],
    },
  ],
}

const taskNamed = (job: string) => asking([`job="${job}"`, `instance="${job}-1"`], '1m')

const seriesOf = ({ fires, quiet }: Case) =>
  [...fires(taskNamed('fires')), ...quiet(taskNamed('quiet'))].map(([series, values]) => ({ series, values }))

/** Rules for which any number is a reason to fire, as for Prometheus, would hide what Grafana's do not: positive ones. */
const positive = (alert: Alert): Alert => ({ ...alert, expr: `(${alert.expr}) > 0` })

/** A file of rules, and a file of tests of them, for promtool. */
export const promtoolTests = (rulesFile: string) => ({
  rules: prometheusRules(alerts.map(positive)),
  tests: stringify({
    rule_files: [rulesFile],
    evaluation_interval: '1m',
    tests: Object.entries(alertCases).flatMap(([alertname, cases]) =>
      cases.map((one, index) => ({
        name: `${alertname} ${index}`,
        interval: '1m',
        input_series: seriesOf(one),
        promql_expr_test: [
          {
            expr: `count by (job) (ALERTS{alertname="${alertname}",alertstate="firing"})`,
            eval_time: `${one.at}m`,
            exp_samples: [{ labels: '{job="fires"}', value: 1 }],
          },
        ],
      })),
    ),
  }),
})
