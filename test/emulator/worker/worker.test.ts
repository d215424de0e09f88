import { describe, expect, test } from 'vitest'
import {
  apiError,
  freshUntilMs,
  look,
  nextLookMs,
  startWorker,
  type WorkerEvent,
  type WorkerOptions,
} from '../../../src/emulator/worker.ts'

const START_MS = Date.UTC(2026, 10, 20, 10)
const HOUR_MS = 3_600_000

/** A document; `ageMs` is how old it is at the start. */
const write = ({ name = 'a', percent = 10, ageMs = 0, ...rest }: Record<string, unknown> = {}) =>
  JSON.stringify({
    name,
    percentComplete: percent,
    lastUpdatedAt: new Date(START_MS - Number(ageMs)).toISOString(),
    ...rest,
  })

type Text = string | undefined
/** What the file says from a time on, in milliseconds since the start. */
type Change = readonly [atMs: number, text: Text]

const say = (event: WorkerEvent): string => {
  if (event.type === 'sent' || event.type === 'lost') {
    return `${event.type} ${event.result.name} ${event.result.percentComplete}`
  }
  return event.type === 'errored' ? `errored ${event.rule}` : event.type
}

/** Drives a worker past changes of the file until it ends or `untilMs`: what happened, and when. */
const drive = (
  changes: readonly Change[],
  { untilMs, ...options }: Partial<WorkerOptions> & { untilMs: number },
): readonly string[] => {
  let worker = startWorker({ taskId: 't', strategy: 'UPLOAD', mode: 'watch', ...options }, START_MS)
  let text: Text
  let nowMs = START_MS
  const told: string[] = []
  const rest = [...changes]
  for (;;) {
    const nextMs = nextLookMs(worker)
    const [changeMs = Infinity] = rest[0] ?? []
    if (nextMs === undefined) return told
    const isChange = START_MS + changeMs <= Math.max(nextMs, nowMs)
    nowMs = isChange ? START_MS + changeMs : Math.max(nextMs, nowMs)
    if (nowMs > START_MS + untilMs) return told
    if (isChange) text = rest.shift()?.[1]
    const step = look(worker, { cause: isChange ? 'event' : 'tick', atMs: nowMs, text })
    worker = step.worker
    for (const event of step.happened) {
      if (event.type !== 'unreadable') told.push(`${nowMs - START_MS} ${say(event)}`)
    }
  }
}

describe('the first look', () => {
  test.each(['watch', 'poll'] as const)('%s mode: the file is looked for every 5 s', (mode) => {
    const told = drive([[7_000, write()]], { mode, untilMs: 12_000 })
    expect(told[0]).toBe('10000 ready')
  })

  test('what was written before the file was found is seen as its latest version only', () => {
    const changes: Change[] = [
      [1_000, write()],
      [2_000, write({ name: 'b', percent: 20 })],
    ]
    expect(drive(changes, { untilMs: 9_000 })).toEqual(['5000 ready', '5000 sent b 20'])
  })

  test('poll mode reads for the first time one interval after it found the file', () => {
    expect(drive([[0, write()]], { mode: 'poll', untilMs: 6_000 })).toEqual(['0 ready', '5000 sent a 10'])
  })

  test.each(['watch', 'poll'] as const)(
    '%s mode: a file that does not come within 2 hours is fatal',
    (mode) => {
      expect(drive([], { mode, untilMs: 3 * HOUR_MS })).toEqual([`${2 * HOUR_MS} errored not-ready`])
    },
  )

  test('a file that comes with the last look is in time', () => {
    expect(drive([[2 * HOUR_MS, write()]], { untilMs: 2 * HOUR_MS })[0]).toBe(`${2 * HOUR_MS} ready`)
  })

  test('an unreadable first version is left to the next event', () => {
    const changes: Change[] = [
      [0, '{'],
      [60_000, write()],
    ]
    expect(drive(changes, { untilMs: 61_000 })).toEqual(['0 ready', '60000 sent a 10'])
  })

  test('any other fault in the first version counts at once', () => {
    expect(drive([[0, write({ percent: 0 })]], { untilMs: 1_000 })).toEqual([
      '0 ready',
      '0 errored percent-range',
    ])
  })
})

describe('an unreadable file', () => {
  test.each([
    { what: 'stays', fixMs: undefined, told: '5500 errored malformed', mode: 'poll' },
    { what: 'is mended during the retries', fixMs: 5_120, told: '5150 sent b 20', mode: 'poll' },
    { what: 'stays', fixMs: undefined, told: '1500 errored malformed', mode: 'watch' },
    { what: 'is mended during the retries', fixMs: 1_499, told: '1500 sent b 20', mode: 'watch' },
  ] as const)('$mode mode: it $what', ({ fixMs, told, mode }) => {
    const mended: Change[] = fixMs === undefined ? [] : [[fixMs, write({ name: 'b', percent: 20 })]]
    const all = drive([[0, write()], [1_000, '{'], ...mended], { mode, untilMs: 9_000 })
    expect(all).toContain(told)
  })

  test('changes during the retries are looked at afterwards, as they are then', () => {
    const changes: Change[] = [
      [0, write()],
      [1_000, '{'],
      [1_010, write({ name: 'b', percent: 20 })],
      [1_020, '['],
      [1_070, write({ name: 'c', percent: 30 })],
    ]
    expect(drive(changes, { untilMs: 2_000 })).toEqual([
      '0 ready',
      '0 sent a 10',
      '1100 sent c 30',
      '1100 ignored',
    ])
  })

  test('of a document with a member of a wrong type the others stay, until a text can be read', () => {
    const changes: Change[] = [
      [0, '{"percentComplete":10.5,"name":"left","metadata":{"k":1}}'],
      [20, '{"percentComplete":11,"lastUpdatedAt":"2026-11-20T10:00:00Z"}'],
    ]
    // the event that waited meanwhile reads the text for itself
    expect(drive(changes, { untilMs: 60 })).toEqual(['0 ready', '50 sent left 11', '50 errored name-length'])
  })

  test('a file that went before it could be read is missing', () => {
    const changes: Change[] = [
      [0, write()],
      [1_000, '{'],
      [1_200, undefined],
    ]
    expect(drive(changes, { untilMs: 9_000 }).at(-1)).toBe('1500 errored missing-file')
  })
})

describe('watch mode', () => {
  test('that the file is removed wakes nobody; the timer forgives it for 2 hours', () => {
    const changes: Change[] = [
      [0, write()],
      [60_000, undefined],
    ]
    expect(drive(changes, { untilMs: 3 * HOUR_MS })).toEqual([
      '0 ready',
      '0 sent a 10',
      `${2 * HOUR_MS + 500} errored missing-file`,
    ])
  })

  test('age is looked at by a timer of 5 minutes only', () => {
    expect(drive([[0, write({ ageMs: 200_000 })]], { untilMs: HOUR_MS }).at(-1)).toBe('300000 errored stale')
    expect(drive([[0, write({ ageMs: -1 })]], { untilMs: HOUR_MS }).at(-1)).toBe('600000 errored stale')
  })

  test('the same state again is a heartbeat', () => {
    const changes: Change[] = [
      [0, write()],
      [1_000, write({ ageMs: -1_000 })],
    ]
    expect(drive(changes, { untilMs: 2_000 }).at(-1)).toBe('1000 ignored')
  })
})

describe('poll mode', () => {
  test('changes do not wake it', () => {
    const changes: Change[] = [
      [0, write()],
      [6_000, write({ name: 'b', percent: 20 })],
      [7_000, write({ name: 'c', percent: 30 })],
    ]
    expect(drive(changes, { mode: 'poll', untilMs: 11_000 })).toEqual([
      '0 ready',
      '5000 sent a 10',
      '10000 sent c 30',
    ])
  })

  test.each([
    { maxRunTimeMs: 300_001, pollMs: 5_000 },
    { maxRunTimeMs: 300_000, pollMs: 150_000 },
    { maxRunTimeMs: 4_000, pollMs: 2_000 },
  ])('a maximum run time of $maxRunTimeMs ms: a poll every $pollMs ms', ({ maxRunTimeMs, pollMs }) => {
    expect(drive([[0, write()]], { mode: 'poll', maxRunTimeMs, untilMs: pollMs })).toEqual([
      '0 ready',
      `${pollMs} sent a 10`,
    ])
  })
})

describe('the end', () => {
  test('100 ends it', () => {
    const changes: Change[] = [
      [0, write()],
      [1_000, write({ name: 'end', percent: 100, ageMs: HOUR_MS })],
      [2_000, '{'],
    ]
    expect(drive(changes, { untilMs: HOUR_MS })).toEqual([
      '0 ready',
      '0 sent a 10',
      '1000 sent end 100',
      '1000 completed',
    ])
  })

  test.each(['watch', 'poll'] as const)(
    '%s mode: the run time counts from when the file was found',
    (mode) => {
      const changes: Change[] = [[1_000, write({ ageMs: -HOUR_MS })]]
      const told = drive(changes, { mode, maxRunTimeMs: 400_000, untilMs: HOUR_MS })
      expect(told.at(-1)).toBe('405000 errored max-run-time')
    },
  )

  test('the run time ends retries too', () => {
    expect(drive([[0, '{']], { maxRunTimeMs: 120, untilMs: HOUR_MS })).toEqual([
      '0 ready',
      '120 errored max-run-time',
    ])
  })

  test('an ended worker does not look any more', () => {
    const first = look(startWorker({ taskId: 't', strategy: 'NONE', mode: 'watch' }, 0), {
      cause: 'tick',
      atMs: 0,
      text: write({ percent: 100, ageMs: START_MS }),
    })
    expect(nextLookMs(first.worker)).toBeUndefined()
    expect(look(first.worker, { cause: 'event', atMs: 1, text: '{' })).toEqual({
      worker: first.worker,
      happened: [],
    })
  })
})

describe('a result larger than the control plane takes', () => {
  const big = { k: '<'.repeat(2 * 1024 * 1024) }
  const begin: readonly Change[] = [
    [0, write()],
    [1_000, write({ name: 'big', percent: 20, metadata: big })],
  ]

  test('breaks the stream, which the next state finds out within 30 s', () => {
    const changes: Change[] = [...begin, [2_000, write({ name: 'c', percent: 30 })], [3_000, '{']]
    expect(drive(changes, { untilMs: HOUR_MS })).toEqual([
      '0 ready',
      '0 sent a 10',
      '1000 lost big 20',
      '32000 errored message-too-large',
    ])
  })

  test('harms nobody when the next state comes more than 50 s later', () => {
    const changes: Change[] = [...begin, [51_001, write({ name: 'c', percent: 30 })]]
    expect(drive(changes, { untilMs: 60_000 }).at(-1)).toBe('51001 sent c 30')
  })

  test('is no COMPLETED at 100', () => {
    const changes: Change[] = [[0, write({ percent: 100, metadata: big })]]
    expect(drive(changes, { untilMs: 60_000 })).toEqual([
      '0 ready',
      '0 lost a 100',
      '0 errored message-too-large',
    ])
  })

  test('the run time ends the attempts to send', () => {
    const changes: Change[] = [...begin, [2_000, write({ name: 'c', percent: 30 })]]
    expect(drive(changes, { maxRunTimeMs: 10_000, untilMs: HOUR_MS }).at(-1)).toBe(
      '10000 errored max-run-time',
    )
  })
})

describe('the time scale', () => {
  test.each([
    { changes: [[70, write()]], timeScale: 100, told: '100 ready' },
    { changes: [], timeScale: 100, told: `${(2 * HOUR_MS) / 100} errored not-ready` },
    { changes: [[0, write({ ageMs: 1 })]], timeScale: 100, told: '3000 errored stale' },
  ] as const)('divides the limits: $told', ({ changes, timeScale, told }) => {
    expect(drive(changes, { timeScale, untilMs: HOUR_MS })).toContain(told)
  })

  test('leaves the retries as they are', () => {
    const told = drive(
      [
        [0, write()],
        [10, '{'],
      ],
      { timeScale: 10, untilMs: HOUR_MS },
    )
    expect(told.at(-1)).toBe('510 errored malformed')
  })

  test.each([3, 7, 11, 13])('that divides nothing evenly (%d) does not stop the clock', (timeScale) => {
    const told = drive([[0, write({ ageMs: -60_000 })]], { timeScale, mode: 'poll', untilMs: HOUR_MS })
    expect(told.at(-1)).toMatch(/errored stale/)
  })
})

describe('nextLookMs', () => {
  test('leaves out polls before a time, and keeps their rhythm', () => {
    const found = look(startWorker({ taskId: 't', strategy: 'UPLOAD', mode: 'poll' }, START_MS), {
      cause: 'tick',
      atMs: START_MS,
      text: write(),
    }).worker
    const polled = look(found, { cause: 'tick', atMs: START_MS + 5_000, text: write() }).worker
    expect(nextLookMs(polled)).toBe(START_MS + 10_000)
    expect(nextLookMs(polled, START_MS + 61_000)).toBe(START_MS + 65_000)
    expect(freshUntilMs(polled)).toBe(START_MS + 300_000)
    expect(nextLookMs(polled, freshUntilMs(polled))).toBe(START_MS + 300_000)
  })
})

describe('apiError', () => {
  test.each([
    { rule: 'malformed', prefix: 'user actionable error: ' },
    { rule: 'stale', prefix: 'user actionable error: ' },
    { rule: 'task-id', prefix: 'internal error: ' },
    { rule: 'message-too-large', prefix: 'internal error: ' },
    { rule: 'not-ready', prefix: '' },
    { rule: 'max-run-time', prefix: '' },
  ] as const)('$rule: "$prefix"', ({ rule, prefix }) => {
    expect(apiError({ rule, error: 'x' })).toBe(`${prefix}x`)
  })
})
