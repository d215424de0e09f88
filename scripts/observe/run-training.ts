/** Of one run: the training itself, and its checkpoints. */
import type { Section } from './dashboard.ts'
import { sumBy, task } from './query.ts'
import { run } from './run-asking.ts'
import { idleAfter } from './states.ts'
import { unitOf } from './units.ts'

const { of, rate, mean, meanOfAll } = run
const each = '{{instance}}'
const untold = 'the training does not tell it'

export const training: Section = {
  title: 'Training',
  panels: [
    {
      kind: 'graph',
      title: 'Loss',
      description:
        'Training loss of the last step. A line that ends while steps go on: the loss is no number any more.',
      unit: 'short',
      decimals: 4,
      isLogarithmic: true,
      queries: [{ expr: of('taskbeat.training.loss'), legend: each, emptyWhen: untold }],
    },
    {
      kind: 'graph',
      title: 'Learning rate',
      description: 'Learning rate of the last step.',
      unit: 'sci',
      queries: [{ expr: of('taskbeat.training.learning_rate'), legend: each, emptyWhen: untold }],
    },
    {
      kind: 'graph',
      title: 'Progress',
      description: 'Part of the training that is done. It never falls, also when an attempt begins again.',
      unit: unitOf('taskbeat.progress.percent'),
      min: 0,
      max: 100,
      queries: [{ expr: of('taskbeat.progress.percent'), legend: each, emptyWhen: untold }],
    },
    {
      kind: 'graph',
      title: 'Steps per second',
      description: 'How fast it trains. Falls: look at GPU, data (disk, network) and throttling below.',
      unit: 'suffix: steps/s',
      min: 0,
      queries: [{ expr: rate('taskbeat.training.steps'), legend: each, emptyWhen: untold }],
    },
    {
      kind: 'graph',
      title: 'Throughput',
      description: 'Samples per second as the training tells them; tokens per second where it tells those.',
      unit: unitOf('taskbeat.training.throughput'),
      min: 0,
      queries: [
        { expr: of('taskbeat.training.throughput'), legend: `samples ${each}`, emptyWhen: untold },
        { expr: mean('taskbeat.training.token.throughput'), legend: `tokens ${each}`, emptyWhen: untold },
      ],
    },
    {
      kind: 'graph',
      title: 'Without progress for',
      description: 'A saw: up for the time of a step, then down. A ramp: the training hangs, or saves.',
      unit: unitOf('taskbeat.progress.age'),
      min: 0,
      thresholds: ['green', [idleAfter, 'orange']],
      queries: [{ expr: of('taskbeat.progress.age'), legend: each }],
    },
    {
      kind: 'graph',
      title: 'Errors that the training told',
      description: 'So far, by type. The log has the message and the stack.',
      unit: 'short',
      min: 0,
      decimals: 0,
      queries: [
        {
          expr: sumBy(['error.type'], of('taskbeat.errors')),
          legend: '{{error_type}}',
          emptyWhen: 'there was no error',
        },
      ],
    },
  ],
}

export const checkpoints: Section = {
  title: 'Checkpoints',
  panels: [
    {
      kind: 'graph',
      title: 'Saved',
      description:
        'Checkpoints of each attempt that were complete. A flat line for long: work that a crash would lose.',
      unit: 'short',
      min: 0,
      decimals: 0,
      queries: [
        {
          expr: sumBy(task, of('taskbeat.training.checkpoints.saved')),
          legend: each,
          emptyWhen: 'none is complete yet',
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Size of the last one',
      description: 'One that is much smaller than those before is not whole.',
      unit: unitOf('taskbeat.checkpoint.size'),
      min: 0,
      queries: [{ expr: of('taskbeat.checkpoint.size'), legend: each, emptyWhen: 'none is complete yet' }],
    },
    {
      kind: 'graph',
      title: 'Time to write one, and to end',
      description:
        'Mean of those of each attempt; the parts of the end, such as the wait for a last checkpoint, have their names. More than the grace period of the platform: a stop loses the last one.',
      unit: unitOf('taskbeat.checkpoint.duration'),
      min: 0,
      queries: [
        {
          expr: meanOfAll('taskbeat.checkpoint.duration'),
          legend: `checkpoint ${each}`,
          emptyWhen: 'none is complete yet',
        },
        {
          expr: meanOfAll('taskbeat.phase.duration', ['taskbeat.phase']),
          legend: 'end: {{taskbeat_phase}}',
          emptyWhen: 'it has not ended, or is no command that is supervised',
        },
      ],
    },
  ],
}
