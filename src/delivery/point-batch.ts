import { encodePoints, type Origin } from '../otlp/points/encode-points.ts'
import type { Point } from '../otlp/points/point.ts'
import type { Batch } from './batch.ts'

/** The points as the outbox takes them; undefined if there are none. */
export const batchOf = (points: readonly Point[], origin: Origin, nowMs: number): Batch | undefined =>
  points.length === 0
    ? undefined
    : {
        signal: 'metrics',
        items: points.length,
        bytes: encodePoints(points, origin),
        acceptedAtMs: nowMs,
      }
