/** Of one run: how it is now. */
import type { Section } from './dashboard.ts'
import { run } from './run-asking.ts'
import { idleAfter, lastPercent, progressAge, silence, silentAfter, state, states } from './states.ts'
import { unitOf } from './units.ts'

const { of } = run
const each = '{{instance}}'
const untold = 'the training does not tell it'

export const overview: Section = {
  title: 'Now',
  panels: [
    {
      kind: 'figure',
      title: 'State',
      description:
        'What the telemetry of the last hour says of each attempt. Silent: no sign for three minutes, and no last word: it was killed, or its telemetry does not get through. Over: it ended, or told of no steps and is not heard of any more; the log says how it ended.',
      width: 4,
      height: 4,
      unit: 'none',
      queries: [{ expr: state(run), legend: each }],
      names: states,
    },
    {
      kind: 'figure',
      title: 'Progress',
      description:
        'Part of the training that is done. The platform reads the same number from the progress file.',
      width: 4,
      height: 4,
      unit: 'percent',
      decimals: 0,
      queries: [{ expr: lastPercent(run), legend: each, emptyWhen: untold }],
    },
    {
      kind: 'figure',
      title: 'Time to go',
      description: 'Estimated from the pace of the last steps. Absent until two of them are known.',
      width: 4,
      height: 4,
      unit: unitOf('taskbeat.progress.time_to_go'),
      queries: [{ expr: of('taskbeat.progress.time_to_go'), legend: each, emptyWhen: untold }],
    },
    {
      kind: 'figure',
      title: 'Without progress for',
      description:
        'Time since the training last made a step or said how far it is. Orange: longer than ten minutes. Normal while it loads data or writes a large checkpoint; else look whether the GPUs are idle.',
      width: 4,
      height: 4,
      unit: unitOf('taskbeat.progress.age'),
      thresholds: ['green', [idleAfter / 2, 'yellow'], [idleAfter, 'orange']],
      queries: [{ expr: progressAge(run), legend: each }],
    },
    {
      kind: 'figure',
      title: 'Last heard of',
      description: 'Age of the newest metric. What is older than three minutes is an old picture.',
      width: 4,
      height: 4,
      unit: 's',
      decimals: 0,
      thresholds: ['green', [silentAfter, 'red']],
      queries: [{ expr: silence(run), legend: each }],
    },
    {
      kind: 'figure',
      title: 'Steps',
      description: 'Steps trained in this attempt.',
      width: 4,
      height: 4,
      unit: 'short',
      queries: [{ expr: of('taskbeat.training.steps'), legend: each, emptyWhen: untold }],
    },
  ],
}
