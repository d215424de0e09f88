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
    report.retried('connect ECONNREFUSED')
    await clock.advance(1_000)
  }
  report.delivered()
  report.delivered()
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
    report.retried('reset')
    report.delivered()
    await clock.advance(1_000)
  }
  expect(lines).toHaveLength(2)
})

it('adds up what was dropped since it last told', async () => {
  const { clock, lines, report } = start()
  report.dropped(3, 'spans', 'too large')
  report.dropped(4, 'spans', 'too large')
  report.dropped(1, 'records', 'full')
  await clock.advance(60_000)
  report.dropped(5, 'spans', 'full')
  expect(lines).toEqual([
    'taskbeat: 3 spans dropped on the way to http://h:4317 (grpc): too large',
    'taskbeat: 1 records dropped on the way to http://h:4317 (grpc): full',
    'taskbeat: 9 spans dropped on the way to http://h:4317 (grpc): full',
  ])
})

it('tells in one line, whatever a collector has said', () => {
  const { lines, report } = start()
  report.retried(`bad\n\u001b[31mthing${'!'.repeat(1_000)}`)
  expect(lines[0]).not.toMatch(/\p{Cc}/u)
  expect(lines[0]?.length).toBeLessThan(350)
})
