import type { AttributeName } from '../../src/semconv/attributes.ts'
import type { Dashboard, Section } from './dashboard.ts'
import { asking, label } from './query.ts'
import { gpus } from './run-gpu.ts'
import { machine } from './run-machine.ts'
import { overview } from './run-overview.ts'
import { lostTelemetry } from './run-telemetry.ts'
import { checkpoints, training } from './run-training.ts'

const runId = 'taskbeat.run_id' satisfies AttributeName

/** Service names may have a slash, and so has Prometheus' job, which begins with the namespace. */
const name = '(.*/)?$name'

const told: Section = {
  title: 'Logs and traces',
  panels: [
    {
      kind: 'logs',
      title: 'Log',
      description:
        'What taskbeat and the training said: start, checkpoints, errors, and as the last line how it ended.',
      width: 24,
      height: 12,
      logql: `{service_name=~"${name}"} | severity_text=~"$severity" | ${label(runId)}=~"$run"`,
    },
    {
      kind: 'traces',
      title: 'Traces',
      description:
        'One trace is one attempt, cut into epochs and checkpoints; its first span comes when it ends.',
      width: 24,
      height: 8,
      traceql: `{ resource.service.name =~ "${name}" && span.${runId} =~ "$run" }`,
    },
  ],
}

const ofService = asking(['job="$service"'], '5m')
const taskName = label('nvct.task.name')

export const runDashboardUid = 'taskbeat-run'
export const fleetDashboardUid = 'taskbeat-fleet'

export const runDashboard: Dashboard = {
  uid: runDashboardUid,
  title: 'A training run',
  description:
    'Progress, checkpoints, GPUs, machine, log and traces of one run of taskbeat, and what of it was lost.',
  from: 'now-1h',
  refresh: '10s',
  links: [{ title: 'A fleet of runs', uid: fleetDashboardUid }],
  variables: [
    {
      name: 'service',
      title: 'Service',
      description: 'OTEL_SERVICE_NAME, or the name of the task',
      from: { prometheus: `label_values(${asking([], '5m').of('taskbeat.progress.age')}, job)` },
    },
    {
      name: 'task',
      title: 'Task',
      description: 'Name of the NVCF task; attempts without one are in All',
      from: { prometheus: `label_values(${ofService.targetInfo}, ${taskName})` },
      all: '.*',
    },
    {
      name: 'instance',
      title: 'Attempt',
      description: 'One process of taskbeat: an attempt, or one rank of it',
      from: {
        prometheus: `label_values(${asking(['job="$service"', `${taskName}=~"$task"`], '5m').targetInfo}, instance)`,
      },
      all: 'each',
    },
    {
      name: 'run',
      title: 'Run (log, traces)',
      description: 'taskbeat.run_id, the same across attempts. Metrics do not have it.',
      from: { tempo: runId },
      all: '.*',
    },
    {
      name: 'severity',
      title: 'Severity (log)',
      from: { values: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] },
      all: '.*',
    },
    {
      name: 'name',
      title: 'Name',
      from: {
        prometheus: `label_values(${ofService.of('taskbeat.progress.age')}, job)`,
        regex: '/([^/]+)$/',
      },
      isHidden: true,
    },
  ],
  sections: [overview, training, checkpoints, gpus, machine, lostTelemetry, told],
}
