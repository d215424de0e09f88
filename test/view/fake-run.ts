import type { Overview, RunData, RunsData } from '../../src/view/api.ts'

const startMs = Date.UTC(2026, 10, 20, 10)

/** An overview of a run that is half done. */
export const fakeOverview = (fields: Partial<Overview> = {}): Overview => ({
  label: 'results',
  state: 'running',
  sentence: 'running, 50 %',
  begin: undefined,
  range: { fromMs: startMs, toMs: startMs + 60_000 },
  isLive: true,
  read: 1,
  percent: 50,
  step: 5,
  totalSteps: 10,
  timeToGoSeconds: 60,
  staleAtMs: startMs + 360_000,
  maxRunEndsAtMs: undefined,
  states: [{ t: startMs, percent: 50, name: 'checkpoint-5' }],
  statuses: [],
  beats: [startMs],
  beatCount: 1,
  gaps: [],
  checkpoints: [],
  checkpointCount: 0,
  findings: [],
  moments: [],
  errorLines: [],
  series: [
    {
      ...{ id: 0, name: 'taskbeat.training.loss', unit: '1', kind: 'gauge', attributes: {} },
      ...{ group: 'training', points: 2, last: Number.NaN },
    },
  ],
  spanCount: 0,
  logCounts: [0, 0, 0, 1, 0, 0, 0],
  delivery: [],
  settings: [],
  notes: [],
  ...fields,
})

/** A run that answers with what it was asked. */
export const fakeRun = (overview: () => Overview = fakeOverview): RunData => {
  const asked = (...what: readonly unknown[]) => what as never
  return {
    overview: async () => overview(),
    curves: async (query) => asked('curves', query),
    spans: async (query) => asked('spans', query),
    span: async (index) => (index === 404 ? undefined : asked('span', index)),
    spanPlace: async (query, index) => (index === 404 ? undefined : asked('spanPlace', query, index)),
    logs: async (query) => asked('logs', query),
    log: async (index) => (index === 404 ? undefined : asked('log', index)),
    logsBefore: async (query, timeMs) => asked('logsBefore', query, timeMs),
  }
}

export interface FakeRuns extends RunsData {
  /** Tells all listeners of a new overview. */
  readonly change: (run: number, overview: Overview) => void
  readonly listeners: () => number
}

export const fakeRuns = (runs: readonly RunData[] = [fakeRun()]): FakeRuns => {
  const listeners = new Set<(run: number, overview: Overview) => void>()
  return {
    runs,
    onChange: (listener) => {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
    onGone: () => () => {},
    change: (run, overview) => {
      for (const listener of listeners) listener(run, overview)
    },
    listeners: () => listeners.size,
  }
}
