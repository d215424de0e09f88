import type { Dashboard } from './dashboard.ts'
import { asking, avgBy, label, maxBy, onTask, sumBy, task } from './query.ts'
import { fleetDashboardUid, runDashboardUid } from './run-dashboard.ts'
import { idleAfter, lastPercent, memory, progressAge, silence, silentAfter, state, states } from './states.ts'
import { unitOf } from './units.ts'

const fleet = asking(['job=~"$service"'], '$__rate_interval')
const { of, rate, targetInfo } = fleet
const each = '{{job}} {{instance}}'
const noGpu = 'there is no GPU'
const untold = 'the training does not tell it'
const taskName = label('nvct.task.name')
const rank = label('taskbeat.rank')
const known = `last_over_time(${targetInfo}[${memory}])`

/** How many of them there are; 0 where there is none. */
const number = (query: string) => `count(${query}) or vector(0)`

const dropped = of('taskbeat.telemetry.items', { 'taskbeat.outcome': 'dropped' })
/** Also of a series that began within the hour. */
const lost = sumBy(task, `last_over_time(${dropped}[${memory}])`)

export const fleetDashboard: Dashboard = {
  uid: fleetDashboardUid,
  title: 'A fleet of runs',
  description: 'All runs of taskbeat that were heard of within the last hour; those that want people first.',
  from: 'now-6h',
  refresh: '30s',
  links: [{ title: 'A training run', uid: runDashboardUid }],
  variables: [
    {
      name: 'service',
      title: 'Service',
      from: { prometheus: `label_values(${asking([], '5m').of('taskbeat.progress.age')}, job)` },
      all: '.*',
    },
  ],
  sections: [
    {
      title: 'Now',
      panels: [
        {
          kind: 'figure',
          title: 'Running',
          description: 'Tasks that make progress.',
          width: 6,
          height: 4,
          unit: 'short',
          queries: [{ expr: number(`(${state(fleet)}) == 2`) }],
        },
        {
          kind: 'figure',
          title: 'Done or over',
          description: 'Tasks of the last hour that ended, and have nothing to hide.',
          width: 6,
          height: 4,
          unit: 'short',
          queries: [{ expr: number(`(${state(fleet)}) < 2`) }],
        },
        {
          kind: 'figure',
          title: 'Want people',
          description:
            'Tasks without progress, with a loss that is no number, that ended early, or are silent.',
          width: 6,
          height: 4,
          unit: 'short',
          thresholds: ['green', [1, 'orange']],
          queries: [{ expr: number(`(${state(fleet)}) > 2`) }],
        },
        {
          kind: 'figure',
          title: 'Items of telemetry lost',
          description: 'Spans, metric points and log records of these tasks that never arrive.',
          width: 6,
          height: 4,
          unit: 'short',
          thresholds: ['green', [1, 'orange']],
          queries: [{ expr: `sum(${lost}) or vector(0)` }],
        },
        {
          kind: 'table',
          title: 'Tasks',
          description: 'Those that want people first. Attempt: service.instance.id, one process of taskbeat.',
          width: 24,
          height: 12,
          sortedBy: 'State',
          labels: { job: 'Service', [taskName]: 'Task', [rank]: 'Rank', instance: 'Attempt' },
          labelled: {
            expr: `${maxBy([...task, 'nvct.task.name', 'taskbeat.rank'], known)} and ${onTask} ${silence(fleet)}`,
          },
          link: {
            title: 'This run',
            url: `/d/${runDashboardUid}?var-service=\${__data.fields.Service}&var-instance=\${__data.fields.Attempt}`,
          },
          columns: [
            { title: 'State', unit: 'none', expr: state(fleet), names: states },
            {
              title: 'Done',
              unit: 'percent',
              decimals: 0,
              barTo: 100,
              expr: lastPercent(fleet),
              emptyWhen: untold,
            },
            {
              title: 'Time to go',
              unit: unitOf('taskbeat.progress.time_to_go'),
              expr: maxBy(task, of('taskbeat.progress.time_to_go')),
              emptyWhen: untold,
            },
            {
              title: 'Without progress for',
              unit: unitOf('taskbeat.progress.age'),
              thresholds: ['text', [idleAfter, 'orange']],
              expr: progressAge(fleet),
            },
            {
              title: 'Last heard of',
              unit: 's',
              thresholds: ['text', [silentAfter, 'red']],
              expr: silence(fleet),
            },
            {
              title: 'GPU busy',
              unit: unitOf('hw.gpu.utilization'),
              barTo: 1,
              decimals: 0,
              expr: avgBy(task, of('hw.gpu.utilization', { 'hw.gpu.task': 'general' })),
              emptyWhen: noGpu,
            },
            {
              title: 'Lost',
              unit: 'short',
              thresholds: ['text', [1, 'orange']],
              expr: lost,
              emptyWhen: 'nothing was lost',
            },
          ],
        },
      ],
    },
    {
      title: 'Over time',
      panels: [
        {
          kind: 'graph',
          title: 'Progress',
          description: 'Part of each training that is done.',
          width: 12,
          unit: 'percent',
          min: 0,
          max: 100,
          queries: [{ expr: of('taskbeat.progress.percent'), legend: each, emptyWhen: untold }],
        },
        {
          kind: 'graph',
          title: 'Without progress for',
          description: 'Ramps are trainings that hang, or save.',
          width: 12,
          unit: 's',
          min: 0,
          thresholds: ['green', [idleAfter, 'orange']],
          queries: [{ expr: of('taskbeat.progress.age'), legend: each }],
        },
        {
          kind: 'graph',
          title: 'GPU busy',
          description: 'Mean of the GPUs of each task.',
          width: 12,
          unit: 'percentunit',
          min: 0,
          max: 1,
          queries: [
            {
              expr: avgBy(task, of('hw.gpu.utilization', { 'hw.gpu.task': 'general' })),
              legend: each,
              emptyWhen: noGpu,
            },
          ],
        },
        {
          kind: 'graph',
          title: 'Telemetry lost',
          description: 'Items a second that never arrive, by service and signal.',
          width: 12,
          unit: 'suffix: /s',
          min: 0,
          queries: [
            {
              expr: sumBy(
                ['job', 'taskbeat.signal'],
                rate('taskbeat.telemetry.items', { 'taskbeat.outcome': 'dropped' }),
              ),
              legend: '{{job}} {{taskbeat_signal}}',
              emptyWhen: 'nothing was lost',
            },
          ],
        },
      ],
    },
  ],
}
