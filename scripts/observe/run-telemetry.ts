/** Of one run: what becomes of its telemetry. */
import type { Section } from './dashboard.ts'
import { maxBy, sumBy } from './query.ts'
import { run } from './run-asking.ts'
import { unitOf } from './units.ts'

const { of, rate } = run

export const lostTelemetry: Section = {
  title: 'Telemetry itself',
  panels: [
    {
      kind: 'graph',
      title: 'Items by outcome',
      description:
        'Spans, metric points and log records a second. Spooled: kept on disk, as the backend did not take them; replayed: delivered from there; dropped: lost.',
      unit: 'suffix: /s',
      min: 0,
      queries: [
        {
          expr: sumBy(['taskbeat.signal', 'taskbeat.outcome'], rate('taskbeat.telemetry.items')),
          legend: '{{taskbeat_signal}} {{taskbeat_outcome}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Lost, by reason',
      description:
        'All that was dropped so far. What is missing in these dashboards for that reason is not zero.',
      unit: 'short',
      min: 0,
      queries: [
        {
          expr: sumBy(
            ['taskbeat.signal', 'taskbeat.reason'],
            of('taskbeat.telemetry.items', { 'taskbeat.outcome': 'dropped' }),
          ),
          legend: '{{taskbeat_signal}}: {{taskbeat_reason}}',
          emptyWhen: 'nothing was lost',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Waiting on disk',
      description:
        'Items in the spool. They are delivered when the backend takes them again, or by taskbeat replay.',
      unit: 'short',
      min: 0,
      queries: [
        {
          expr: sumBy(['taskbeat.signal'], of('taskbeat.telemetry.spool.items')),
          legend: '{{taskbeat_signal}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Oldest that is not delivered',
      description: 'Near zero when all is well. Grows while the backend, or the way to it, is away.',
      unit: unitOf('taskbeat.telemetry.oldest.age'),
      min: 0,
      thresholds: ['green', [300, 'orange']],
      queries: [
        {
          expr: maxBy(['taskbeat.signal'], of('taskbeat.telemetry.oldest.age')),
          legend: '{{taskbeat_signal}}',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Waiting in memory',
      description: 'Requests that are on their way, or wait to be tried again.',
      unit: unitOf('taskbeat.telemetry.queue.size'),
      min: 0,
      queries: [{ expr: of('taskbeat.telemetry.queue.size'), legend: '{{instance}}' }],
    },
    {
      kind: 'graph',
      title: 'Told by the training, and not sent',
      description: 'What broke a limit or a rule, by reason; docs/telemetry.md lists them.',
      unit: 'short',
      min: 0,
      queries: [
        {
          expr: sumBy(['taskbeat.reason'], of('taskbeat.workload.ignored')),
          legend: '{{taskbeat_reason}}',
          emptyWhen: 'nothing was ignored',
        },
      ],
    },
  ],
}
