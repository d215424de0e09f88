import { expect, it } from 'vitest'
import { createTroubleReport } from '../../src/delivery/trouble.ts'
import { manualClock } from '../support/manual-clock.ts'

const start = () => {
  const clock = manualClock()
  const lines: string[] = []
  return {
    clock,
    lines,
    report: createTroubleReport('http://h:4317 (grpc)', clock, (line) => lines.push(line)),
  }
}

it('tells of trouble at once, then once a minute, and of its end', async () => {
  const { clock, lines, report } = start()
  for (let second = 0; second < 130; second += 1) {
    report.retried('traces', 'connect ECONNREFUSED')
    await clock.advance(1_000)
  }
  report.delivered('traces')
  report.delivered('traces')
  expect(lines).toEqual([
    'taskbeat: http://h:4317 (grpc) takes no telemetry (connect ECONNREFUSED); it is kept and sent again',
    'taskbeat: http://h:4317 (grpc) takes no telemetry, for 60 s now (connect ECONNREFUSED); it is kept and sent again',
    'taskbeat: http://h:4317 (grpc) takes no telemetry, for 120 s now (connect ECONNREFUSED); it is kept and sent again',
    'taskbeat: http://h:4317 (grpc) takes telemetry again',
  ])
})

it('does not tell of a destination that comes and goes more than once a minute', async () => {
  const { clock, lines, report } = start()
  for (let second = 0; second < 59; second += 1) {
    report.retried('logs', 'reset')
    report.delivered('logs')
    await clock.advance(1_000)
  }
  expect(lines).toHaveLength(2)
})

it('is over when all signals are taken again', () => {
  const { lines, report } = start()
  report.retried('traces', 'reset')
  report.retried('logs', 'reset')
  report.delivered('traces')
  report.delivered('metrics')
  expect(lines).toHaveLength(1)
  report.delivered('logs')
  expect(lines).toHaveLength(2)
})

it('adds up what was dropped since it last told, and tells the rest at the end', async () => {
  const { clock, lines, report } = start()
  report.dropped('traces', 3, 'too large')
  report.dropped('traces', 4, 'too large')
  report.dropped('logs', 1, 'full')
  await clock.advance(60_000)
  report.dropped('traces', 5, 'full')
  report.dropped('metrics', 2, 'refused')
  report.end()
  report.end()
  expect(lines).toEqual([
    'taskbeat: 3 spans dropped on the way to http://h:4317 (grpc): too large',
    'taskbeat: 9 spans, 1 records dropped on the way to http://h:4317 (grpc): full',
    'taskbeat: 2 points dropped on the way to http://h:4317 (grpc): refused',
  ])
})

it('says no more than a line a minute, whatever the trouble is', async () => {
  const { clock, lines, report } = start()
  for (let second = 0; second < 300; second += 1) {
    for (const signal of ['traces', 'logs', 'metrics'] as const) {
      report.retried(signal, 'reset')
      report.dropped(signal, 1, '401')
    }
    await clock.advance(1_000)
  }
  expect(lines).toHaveLength(5)
})

it('tells in one line, whatever a collector has said', () => {
  const { lines, report } = start()
  report.retried('logs', `bad\n\u001b[31mthing${'!'.repeat(1_000)}`)
  expect(lines[0]).not.toMatch(/\p{Cc}/u)
  expect(lines[0]?.length).toBeLessThan(350)
})
