import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type CheckpointWatchOptions, createCheckpointWatch, type Look } from '../../src/checkpoint/watch.ts'
import type { CheckpointEvent } from '../../src/workload-events.ts'
import { type ManualClock, manualClock } from '../support/manual-clock.ts'
import { temporaryDirectory } from '../support/run-cli.ts'

type Options = Partial<Omit<CheckpointWatchOptions, 'resultsDir' | 'clock'>>

/** A results directory, a clock, and what the journal of the progress file would know. */
export interface Results extends AsyncDisposable {
  readonly path: string
  readonly clock: ManualClock
  readonly used: Set<string>
  /** Writes a file with its directories; its time of change is the given one, in seconds since 1970. */
  readonly write: (path: string, text?: string, changedAt?: number) => Promise<void>
  /** One life of the task. */
  readonly watch: (options?: Options) => Life
}

export interface Life extends ReturnType<typeof createCheckpointWatch> {
  /** Lets time pass, looks, and publishes what is ready, as a task does. */
  readonly step: (seconds?: number) => Promise<Announced>
  readonly end: (endedWell: boolean) => Promise<Announced>
}

/** What came of one look. */
export interface Announced {
  readonly names: readonly string[]
  readonly events: readonly CheckpointEvent[]
  readonly findings: readonly string[]
  readonly isSaving: boolean
}

export const openResults = async (): Promise<Results> => {
  const dir = await temporaryDirectory()
  const clock = manualClock()
  const used = new Set<string>()

  const watch = (options: Options = {}): Life => {
    const life = createCheckpointWatch({
      resultsDir: dir.path,
      globs: ['checkpoint-*'],
      marker: undefined,
      quietMs: 10_000,
      isUsed: (name) => used.has(name),
      clock,
      ...options,
    })
    const announce = async (look: Look): Promise<Announced> => {
      const events: CheckpointEvent[] = []
      for (const ready of look.ready) {
        const event = await life.publish(ready)
        if (event === undefined) continue
        used.add(event.name)
        events.push(event)
      }
      const findings = [...look.findings, ...life.takeFindings()]
      return { names: events.map(({ name }) => name), events, findings, isSaving: look.isSaving }
    }
    return {
      ...life,
      step: async (seconds = 0) => {
        await clock.advance(seconds * 1_000)
        return announce(await life.look())
      },
      end: async (endedWell) => announce(await life.lookAtEnd({ endedWell })),
    }
  }

  const write = async (path: string, text = 'x', changedAt?: number) => {
    await mkdir(join(dir.path, dirname(path)), { recursive: true })
    await writeFile(join(dir.path, path), text)
    if (changedAt !== undefined) await utimes(join(dir.path, path), changedAt, changedAt)
  }
  return { path: dir.path, clock, used, write, watch, [Symbol.asyncDispose]: dir[Symbol.asyncDispose] }
}
