import { collectPoints } from '../../src/bridge/convert/collect-points.ts'
import { type Moment, newState, type State } from '../../src/bridge/convert/state.ts'
import { takeSighting } from '../../src/bridge/convert/take-sighting.ts'
import type { Mapping } from '../../src/bridge/mapping/mapping.ts'
import { seedForm } from '../../src/bridge/mapping/seed-form.ts'
import type { Trouble } from '../../src/bridge/trouble.ts'
import type { JsonObject } from '../../src/json.ts'
import type { Distribution, Point } from '../../src/otlp/points/point.ts'

export const startMs = Date.parse('2024-10-22T10:00:00Z')
export const staleAfterMs = 60_000

/** The bridge without its file and without its timers: what it decides, by a clock that the test moves. */
export const bridgeBed = (mapping: Mapping = seedForm()) => {
  let nowMs = startMs
  let state: State = newState(momentAt(nowMs))
  let files = 0
  let fileMs: number | undefined
  const troubles: Trouble[] = []
  return {
    /** Time passes. */
    pass: (ms: number) => {
      nowMs += ms
    },
    nowMs: () => nowMs,
    state: () => state,
    troubles,
    /** The job has written the file, unless `writtenAtMs` says when it did; the bridge sees it. */
    see: (
      document: JsonObject,
      { identity, writtenAtMs }: { identity?: string; writtenAtMs?: number } = {},
    ) => {
      files += 1
      fileMs = writtenAtMs ?? nowMs
      const sighting = { document, identity: identity ?? `file ${files}`, writtenAtMs: fileMs }
      const taken = takeSighting(mapping, state, sighting, momentAt(nowMs))
      state = taken.state
      troubles.push(...taken.troubles)
    },
    /** An export. */
    collect: (): readonly Point[] => {
      const collected = collectPoints(mapping, state, momentAt(nowMs), { staleAfterMs, fileMs })
      state = collected.state
      return collected.points
    },
    /** Another life of the bridge, with what was kept, or without. */
    restart: ({ isKept }: { readonly isKept: boolean }) => {
      if (!isKept) state = newState(momentAt(nowMs))
      else {
        const { current, freshAtMs, ...kept } = state
        state = JSON.parse(JSON.stringify(kept))
      }
    },
  }
}

const momentAt = (wallMs: number): Moment => ({ wallMs, monotonicMs: wallMs - startMs })

/** The one point of a metric that has a value. */
export const pointOf = (points: readonly Point[], name: string): Point | undefined => {
  const found = points.filter((point) => point.name === name && point.value !== undefined)
  if (found.length > 1) throw new Error(`${found.length} points of ${name}`)
  return found[0]
}

export const valueIn = (points: readonly Point[], name: string) => pointOf(points, name)?.value

export const distributionOf = (points: readonly Point[], name: string): Distribution | undefined =>
  valueIn(points, name) as Distribution | undefined

/** Points of the job, not of the bridge. */
export const jobPoints = (points: readonly Point[]) =>
  points.filter(({ name, value }) => !name.startsWith('taskbeat.') && value !== undefined)
