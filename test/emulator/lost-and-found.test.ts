import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseFault, startEmulation } from '../../src/emulator/index.ts'
import { signals } from '../../src/otlp/signals.ts'
import { buffered } from '../support/buffered.ts'

/** Every fault alone: what does not arrive is kept, or was rejected for good. */
const faults = [
  { fault: undefined, verdict: 'COMPLETED' },
  { fault: 'never', verdict: 'COMPLETED' },
  { fault: 'late=1500ms', verdict: 'COMPLETED' },
  { fault: 'down@1s-2s', verdict: 'COMPLETED' },
  { fault: 'slow=300ms', verdict: 'COMPLETED' },
  { fault: 'throttled=1s,every=2', verdict: 'COMPLETED' },
  { fault: 'throttled', verdict: 'COMPLETED' },
  { fault: 'unavailable=1s,every=2', verdict: 'COMPLETED' },
  { fault: 'unavailable', verdict: 'COMPLETED' },
  { fault: 'too-large=2KiB', verdict: 'COMPLETED' },
  { fault: 'partial=1', verdict: 'COMPLETED' },
  { fault: 'reset,every=2', verdict: 'COMPLETED' },
  { fault: 'reset-after', verdict: 'COMPLETED' },
  { fault: 'hang,signal=logs', verdict: 'COMPLETED' },
  { fault: 'cancel@3s', verdict: 'CANCELED' },
  { fault: 'oom@3s', verdict: 'ERRORED' },
  { fault: 'worker-restart@1500ms', verdict: 'COMPLETED' },
] as const

/**
 * Items of a partial success are rejected for good, and by the specification what gRPC throttles without RetryInfo;
 * SIGKILL takes what was being gathered.
 */
const mayLose = (fault: string | undefined, way: string) =>
  fault === 'partial=1' || fault === 'oom@3s' || (fault === 'throttled' && way === 'grpc')

const cases = faults.flatMap((entry) => (['grpc', 'http'] as const).map((way) => ({ ...entry, way })))

describe.concurrent('under a fault', () => {
  it.each(cases)(
    '$fault over $way the report says truthfully what was lost',
    async ({ fault, verdict, way }) => {
      const parsed = fault === undefined ? undefined : parseFault(fault)
      if (parsed && 'problem' in parsed) throw new Error(parsed.problem)
      const stderr = buffered()
      // what happens to the task must happen while it runs, on a busy machine too
      const results = fault?.includes('@3s') ? 20 : 3
      const args = `--delay 0.01 --num-of-results ${results} --steps-per-result 10 --file-size 8192 --dwell 0.6 --drain 2`
      const emulation = await startEmulation({
        task: { command: [process.execPath, resolve('dist/cli.js'), 'simulate', ...args.split(' ')] },
        environment: {
          PATH: process.env.PATH,
          OTEL_BLRP_SCHEDULE_DELAY: '200',
          OTEL_BSP_SCHEDULE_DELAY: '300',
        },
        faults: parsed ? [parsed.fault] : [],
        protocols: { traces: way, metrics: way, logs: way },
        timeScale: 20,
        keepItems: true,
        stderr: stderr.stream,
      })
      const report = await emulation.report
      expect(report.verdict).toBe(verdict)

      const { ledger } = emulation
      const ids = {
        traces: new Set(ledger.spans().map(({ spanId }) => spanId)),
        metrics: new Set(ledger.points().map(({ json, name }) => `${name} ${JSON.stringify(json)}`)),
        logs: new Set(ledger.logs().map(({ json }) => JSON.stringify(json))),
      }
      for (const signal of signals) {
        const { arrived, emitted, waiting = 0, lost } = report.telemetry[signal]
        expect(arrived, signal).toBe(ids[signal].size)
        expect(emitted, signal).toBeGreaterThanOrEqual(arrived)
        expect(lost, signal).toBe(Math.max(0, (emitted ?? 0) - arrived - waiting))
        if (!mayLose(fault, way)) expect(lost, signal).toBe(0)
        // the task's own last word, where it had time for one
        const said = new RegExp(`^ {2}${signal} +(\\d+) `, 'm').exec(stderr.text())?.[1]
        expect(said === undefined, signal).toBe(fault === 'oom@3s')
        if (said !== undefined) expect(emitted, signal).toBe(Number(said))
      }
      const isLost = signals.some((signal) => (report.telemetry[signal].lost ?? 0) > 0)
      expect(report.findings.some(({ id }) => id === 'telemetry-lost')).toBe(isLost)
      if (fault === undefined) expect(report.findings).toEqual([])
      if (fault === 'never') expect(report.telemetry.traces).toMatchObject({ arrived: 0, delivered: 0 })
    },
    60_000,
  )
})
