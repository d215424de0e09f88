import type { ReadonlySignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { Overview } from '../api.ts'
import type { RunView } from './looking.ts'
import { isSameJson, steady } from './steady.ts'

/** A part of a run's overview that makes its reader draw again only when it says something else. */
export const useSteady = <T>(
  run: RunView,
  read: (overview: Overview) => T,
  isSame: (one: T, other: T) => boolean = isSameJson,
): ReadonlySignal<T> => useMemo(() => steady(() => read(run.overview.value), isSame), [run])
