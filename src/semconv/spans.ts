import type { AttributeName } from './attributes.ts'

interface SpanConvention {
  /** @default 'taskbeat' */
  readonly scope?: 'byoo'
  readonly when: string
  readonly attributes: readonly AttributeName[]
}

/** Every span that taskbeat names itself. */
export const spanConventions: Readonly<Record<string, SpanConvention>> = {
  'taskbeat.task': {
    when: 'the whole attempt',
    attributes: [
      'taskbeat.workload',
      'taskbeat.steps.lost',
      'process.exit.code',
      'taskbeat.step.last',
      'taskbeat.checkpoint',
      'taskbeat.oom_kills',
      'taskbeat.error_lines',
    ],
  },
  'taskbeat.segment': {
    when: 'an epoch, or what is trained to the next checkpoint; five minutes at most',
    attributes: ['taskbeat.epoch', 'taskbeat.step.last'],
  },
  'taskbeat.checkpoint': {
    when: 'a checkpoint being written',
    attributes: ['taskbeat.checkpoint', 'taskbeat.step', 'taskbeat.epoch'],
  },
  create_file: {
    scope: 'byoo',
    when: 'one of its files',
    attributes: [
      'file.name',
      'file.size_bytes',
      'file.full_blocks',
      'file.remainder_bytes',
      'taskbeat.checkpoint',
    ],
  },
  'taskbeat.phase': {
    when: 'a part of the end, such as the wait for a last checkpoint',
    attributes: ['taskbeat.phase'],
  },
  'taskbeat.canary': {
    when: '`taskbeat doctor` looks whether spans arrive',
    attributes: ['taskbeat.canary'],
  },
}
