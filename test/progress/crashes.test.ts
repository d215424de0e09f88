import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  judgeEvent,
  judgePoll,
  POLL_INTERVAL_MS,
  startView,
  type WatchMode,
} from '../../src/progress/contract.ts'
import { openProgress, type Progress } from '../../src/progress/open-progress.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { type Files, type MortalProcess, mortalProcess } from '../support/mortal-process.ts'

const taskId = '5b0c7a3e-1d1f-4d83-9f62-3a8f0f1f6a10'
const file = '/results/progress'

/** The platform's worker: judges all that becomes visible, and outlives the task's processes. */
const startWorker = (mode: WatchMode, files: Files, clock: ManualClock) => {
  let view = startView({ taskId, strategy: 'UPLOAD' })
  const sent: string[] = []
  let end: string | undefined
  const look = () => {
    if (end !== undefined) return
    const text = files.get(file)
    const judgement =
      mode === 'watch' ? judgeEvent({ view, text }) : judgePoll({ view, text, nowMs: clock.now().getTime() })
    if (judgement.outcome === 'errored') end = judgement.error
    if (judgement.outcome === 'ignored' || judgement.outcome === 'errored') return
    sent.push(judgement.result.name)
    if (judgement.outcome === 'completed') end = 'completed'
    else view = judgement.view
  }
  if (mode === 'poll') {
    const poll = () => {
      // the worker begins to poll once the file is there
      if (files.has(file)) look()
      clock.after(POLL_INTERVAL_MS, poll)
    }
    clock.after(POLL_INTERVAL_MS, poll)
  }
  return { sent, end: () => end, onWhole: (path: string) => mode === 'watch' && path === file && look() }
}

type Happening =
  | { readonly kind: 'checkpoint'; readonly gain: number }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'refusals'; readonly count: number }
  | { readonly kind: 'death'; readonly writesLeft: number; readonly share: number }
  | { readonly kind: 'kill' }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('checkpoint' as const), gain: fc.integer({ min: 0, max: 9 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 90_000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('refusals' as const), count: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('death' as const),
      writesLeft: fc.integer({ min: 1, max: 6 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'kill' as const }) },
)

/** A workload that survives its processes: it knows which directories it has written, and announces what it must. */
const live = async (mode: WatchMode, dwellMs: number, happenings: readonly Happening[]) => {
  const files: Files = new Map()
  const clock = manualClock()
  const worker = startWorker(mode, files, clock)
  const written: { readonly name: string; readonly percent: number }[] = []

  const announce = (progress: Progress, { name, percent }: (typeof written)[number]) => {
    progress.checkpoint(name, Math.max(percent, progress.last().percentComplete)).catch(() => {})
  }
  const begin = (): { readonly mortal: MortalProcess; readonly progress: Progress } => {
    const mortal = mortalProcess(files, clock, worker.onWhole)
    const { clock: ownClock, disk } = mortal
    const progress = openProgress({ resultsDir: '/results', taskId, dwellMs, clock: ownClock, disk })
    for (const one of written) if (!progress.isUsed(one.name)) announce(progress, one)
    return { mortal, progress }
  }

  let life = begin()
  for (const happens of happenings) {
    if (happens.kind === 'checkpoint') {
      const percent = Math.min(99, (written.at(-1)?.percent ?? 1) + happens.gain)
      const checkpoint = { name: `ckpt-${written.length}`, percent }
      written.push(checkpoint)
      announce(life.progress, checkpoint)
    } else if (happens.kind === 'time') {
      await clock.advance(happens.ms)
    } else if (happens.kind === 'refusals') {
      life.mortal.fate.refusals = happens.count
    } else if (happens.kind === 'death') {
      life.mortal.fate.writesLeft = happens.writesLeft
      life.mortal.fate.lastWriteShare = happens.share
    } else {
      life.mortal.kill()
    }
    await clock.advance(0)
    if (life.mortal.isDead()) life = begin()
  }

  life.mortal.kill()
  const { progress } = begin()
  const completed = progress.settled().then(() => progress.complete('final'))
  await clock.advance(90_000 + (written.length + 2) * 10_000)
  await completed
  await clock.advance(POLL_INTERVAL_MS)
  return { worker, names: written.map(({ name }) => name) }
}

describe('whatever happens to the task’s processes', () => {
  it.each([
    { mode: 'watch', dwellMs: 0 },
    { mode: 'watch', dwellMs: 6_000 },
    { mode: 'poll', dwellMs: 6_000 },
  ] as const)(
    'the worker in $mode mode accepts every document and misses no state ($dwellMs ms of dwell)',
    async ({ mode, dwellMs }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
          const { worker, names } = await live(mode, dwellMs, happenings)
          expect(worker.end()).toBe('completed')
          expect(worker.sent).toEqual([...names, 'final'])
        }),
        // the same sequences each time; many more, of other seeds, were tried by hand
        { numRuns: 300, seed: 3 },
      )
    },
  )
})
