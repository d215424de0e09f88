import { expect, it } from 'vitest'
import type { Posted, PostStatus } from '../../src/kubeflow/post-status.ts'
import { openTrainerStatus } from '../../src/kubeflow/trainer-status.ts'
import { manualClock } from '../support/manual-clock.ts'

const ok: Posted = { ok: true }
const refused: Posted = { ok: false, reason: '503 Service Unavailable' }
const at = (percent: number) => ({ percent, timeToGoSeconds: undefined, metrics: {} })
const percentOf = (body: string): number => JSON.parse(body).trainerStatus.progressPercentage

/** A status whose requests are answered by the test. */
const bed = (url = 'https://controller:8082/status') => {
  const clock = manualClock()
  const requests: {
    readonly percent: number
    readonly atMs: number
    readonly body: string
    readonly signal: AbortSignal
    readonly answer: (posted: Posted) => void
  }[] = []
  const lines: string[] = []
  const post: PostStatus = (_, body, signal) =>
    new Promise((answer) => {
      requests.push({ percent: percentOf(body), atMs: clock.monotonicMs(), body, signal, answer })
      signal.addEventListener('abort', () => answer({ ok: false, reason: 'ABORT_ERR' }))
    })
  const status = openTrainerStatus({
    ...{ url, token: 'a-secret-token', caCertificate: undefined },
    ...{ clock, post, print: (line: string) => lines.push(line) },
  })
  return { clock, requests, lines, status, last: () => requests.at(-1) }
}

it('what is told is posted at once, with the time when it was told', async () => {
  const { clock, requests, status } = bed()
  status.tell(at(10))
  await clock.advance(0)
  expect(requests.map(({ percent }) => percent)).toEqual([10])
  expect(requests[0]?.body).toContain('"lastUpdatedTime":"2026-11-20T10:00:00.000Z"')
})

it('of many states within 5 s the newest is posted, and there is one request at a time', async () => {
  const { clock, requests, status, last } = bed()
  for (let percent = 1; percent <= 60; percent += 1) {
    status.tell(at(percent))
    await clock.advance(250)
    // the first answer comes late
    if (percent >= 30) last()?.answer(ok)
  }
  expect(requests.map(({ percent, atMs }) => ({ percent, atMs }))).toEqual([
    { percent: 1, atMs: 0 },
    { percent: 31, atMs: 7_500 },
    { percent: 50, atMs: 12_500 },
  ])
})

it('nothing is posted twice, and nothing without being told', async () => {
  const { clock, requests, status, last } = bed()
  status.tell(at(10))
  await clock.advance(0)
  last()?.answer(ok)
  await clock.advance(120_000)
  await status.end()
  expect(requests).toHaveLength(1)
})

it('a request that is not answered in 10 s is given up, and its state is tried again', async () => {
  const { clock, requests, lines, status, last } = bed()
  status.tell(at(10))
  await clock.advance(9_999)
  expect(requests[0]?.signal.aborted).toBe(false)
  await clock.advance(1)
  expect(requests[0]?.signal.aborted).toBe(true)
  expect(lines).toEqual([
    "taskbeat: the TrainJob's status was not updated (no answer in 10 s); the training goes on",
  ])
  await clock.advance(1)
  expect(last()?.percent).toBe(10)
})

it('failures are told once, come ever more seldom, and are counted at the end', async () => {
  const { clock, requests, lines, status, last } = bed()
  status.tell(at(10))
  for (let second = 0; second < 200; second += 1) {
    last()?.answer(refused)
    await clock.advance(1_000)
  }
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 10_000, 30_000, 70_000, 130_000, 190_000])
  expect(lines).toEqual([
    "taskbeat: the TrainJob's status was not updated (503 Service Unavailable); the training goes on",
  ])
  status.tell(at(20))
  const ended = status.end()
  await clock.advance(0)
  last()?.answer(ok)
  await ended
  expect(last()?.percent).toBe(20)
  expect(lines.slice(1)).toEqual(["taskbeat: 6 of 7 updates of the TrainJob's status failed"])
})

it('a state that failed does not take the place of one that was told meanwhile', async () => {
  const { clock, requests, status, last } = bed()
  status.tell(at(1))
  await clock.advance(0)
  status.tell(at(2))
  last()?.answer(refused)
  await clock.advance(10_000)
  expect(requests.map(({ percent }) => percent)).toEqual([1, 2])
})

it('after a success the spacing is 5 s again', async () => {
  const { clock, requests, status, last } = bed()
  status.tell(at(1))
  await clock.advance(0)
  last()?.answer(refused)
  await clock.advance(10_000)
  last()?.answer(ok)
  status.tell(at(2))
  await clock.advance(5_000)
  expect(requests.map(({ atMs }) => atMs)).toEqual([0, 10_000, 15_000])
})

it('at the end the last state is posted without waiting for the 5 s, after the request that is under way', async () => {
  const { clock, requests, status } = bed()
  status.tell(at(10))
  await clock.advance(0)
  status.tell(at(100))
  const ended = status.end()
  await clock.advance(500)
  expect(requests.map(({ percent }) => percent)).toEqual([10])
  requests[0]?.answer(ok)
  await clock.advance(0)
  expect(requests.map(({ percent }) => percent)).toEqual([10, 100])
  requests[1]?.answer(ok)
  await ended
  expect(clock.pending()).toBe(0)
})

it('the end takes 2 s at most, and nothing is sent or told after it', async () => {
  const { clock, requests, lines, status } = bed()
  status.tell(at(10))
  await clock.advance(0)
  status.tell(at(100))
  let hasEnded = false
  const ended = status.end().then(() => {
    hasEnded = true
  })
  await clock.advance(1_999)
  expect(hasEnded).toBe(false)
  await clock.advance(1)
  await ended
  const told = [...lines]
  expect(told).toEqual([
    "taskbeat: the TrainJob's status was not updated (no answer in 2 s); the training goes on",
  ])
  status.tell(at(100))
  await clock.advance(60_000)
  expect(requests.map(({ percent }) => percent)).toEqual([10])
  expect(lines).toEqual(told)
})

it('an end before anything was told posts nothing', async () => {
  const { requests, lines, status } = bed()
  await status.end()
  await status.end()
  expect([requests, lines]).toEqual([[], []])
})

it.each(['http://controller:8082/status', 'controller:8082', ''])(
  "the token is not sent to '%s', which is no https URL",
  async (url) => {
    const { clock, requests, lines, status } = bed(url)
    status.tell(at(10))
    await clock.advance(60_000)
    await status.end()
    expect(requests).toEqual([])
    expect(lines).toEqual([
      'taskbeat: KUBEFLOW_TRAINER_SERVER_URL is no https URL: the TrainJob is not told of progress',
    ])
  },
)

it('a request that throws is a failure like any other', async () => {
  const clock = manualClock()
  const lines: string[] = []
  const status = openTrainerStatus({
    ...{ url: 'https://controller/status', token: undefined, caCertificate: undefined, clock },
    post: async () => {
      throw new Error('out of memory')
    },
    print: (line) => lines.push(line),
  })
  status.tell(at(10))
  await clock.advance(0)
  expect(lines).toEqual(["taskbeat: the TrainJob's status was not updated (no answer); the training goes on"])
})
