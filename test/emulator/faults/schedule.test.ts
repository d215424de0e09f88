import { status } from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { parseFault } from '../../../src/emulator/faults/grammar.ts'
import { answerOf, isCollectorUp, outageEdgesMs, strikesOf } from '../../../src/emulator/faults/schedule.ts'

const faults = (...texts: string[]) =>
  texts.map((text) => {
    const parsed = parseFault(text)
    if ('problem' in parsed) throw new Error(parsed.problem)
    return parsed.fault
  })

const request = {
  signal: 'traces',
  transport: 'http',
  sizeBytes: 1_000,
  index: 0,
  headers: {},
  path: '/',
} as const

describe('the collector', () => {
  it.each([
    { texts: ['never'], atMs: 1e9, isUp: false },
    { texts: ['late=5s'], atMs: 4_999, isUp: false },
    { texts: ['late=5s'], atMs: 5_000, isUp: true },
    { texts: ['down@1s-2s', 'down@3s-4s'], atMs: 2_500, isUp: true },
    { texts: ['down@1s-2s', 'down@3s-4s'], atMs: 3_000, isUp: false },
    { texts: ['hang'], atMs: 0, isUp: true },
  ])('with $texts is up after $atMs ms: $isUp', ({ texts, atMs, isUp }) => {
    expect(isCollectorUp(faults(...texts), atMs)).toBe(isUp)
  })

  it('changes at the edges of its outages only', () => {
    expect(outageEdgesMs(faults('late=5s', 'down@7s-9s', 'down@9s', 'slow=1s@3s'))).toEqual([
      5_000, 7_000, 9_000,
    ])
  })
})

describe('an answer', () => {
  it.each([
    { texts: [], answer: { kind: 'accept' } },
    { texts: ['slow=200ms', 'slow=100ms'], answer: { kind: 'accept', delayMs: 300 } },
    {
      texts: ['slow=200ms', 'throttled=2s'],
      answer: {
        kind: 'refuse',
        message: 'throttled by the emulator',
        httpStatus: 429,
        grpcStatus: status.RESOURCE_EXHAUSTED,
        retryAfterMs: 2_000,
        delayMs: 200,
      },
    },
    {
      texts: ['unavailable'],
      answer: {
        kind: 'refuse',
        message: 'unavailable by order of the emulator',
        httpStatus: 503,
        grpcStatus: status.UNAVAILABLE,
      },
    },
    { texts: ['too-large=1000'], answer: { kind: 'accept' } },
    {
      texts: ['too-large=999'],
      answer: {
        kind: 'refuse',
        message: 'grpc: received message larger than max (1000 vs. 999)',
        httpStatus: 413,
        grpcStatus: status.RESOURCE_EXHAUSTED,
      },
    },
    { texts: ['reset-after'], answer: { kind: 'accept', thenReset: true } },
    { texts: ['slow=1s', 'hang'], answer: { kind: 'hang' } },
    { texts: ['hang,signal=logs'], answer: { kind: 'accept' } },
    { texts: ['hang@1s-2s'], answer: { kind: 'accept' } },
    { texts: ['hang,every=2'], answer: { kind: 'accept' } },
  ])('with $texts is $answer.kind', ({ texts, answer }) => {
    expect(answerOf(faults(...texts), request, 500)).toEqual(answer)
  })

  it('is broken for each n-th request of a signal', () => {
    const kinds = [0, 1, 2, 3].map((index) => answerOf(faults('hang,every=2'), { ...request, index }, 0).kind)
    expect(kinds).toEqual(['accept', 'hang', 'accept', 'hang'])
  })
})

it('strikes come in order of time', () => {
  expect(strikesOf(faults('cancel@9s', 'down@1s', 'worker-restart@3s')).map(({ name }) => name)).toEqual([
    'worker-restart',
    'cancel',
  ])
})
