import { expect, it } from 'vitest'
import type { Point } from '../../src/otlp/points/point.ts'
import { startMachineExport } from '../../src/telemetry/machine-export.ts'
import { manualClock } from '../support/manual-clock.ts'

const pointAt = (timeMs: number): Point => ({
  ...{ name: 'm', type: 'gauge', unit: '', description: '', attributes: {}, value: 1, timeMs },
})

const begin = (points: (nowMs: number) => readonly Point[]) => {
  const clock = manualClock()
  const startMs = clock.now().getTime()
  const exported: number[] = []
  const lines: string[] = []
  const end = startMachineExport({
    ...{ points, intervalMs: 10_000, clock, random: () => 0 },
    accept: (accepted) => exported.push(...accepted.map(({ timeMs }) => timeMs - startMs)),
    print: (line) => lines.push(line),
  })
  return { clock, exported, lines, end }
}

it('each reading is exported, the last one at the end, and none after it', async () => {
  const { clock, exported, end } = begin((nowMs) => [pointAt(nowMs)])
  await clock.advance(26_000)
  end()
  await clock.advance(60_000)
  expect(exported).toEqual([5_000, 15_000, 25_000, 26_000])
})

it('a reading that fails is told of once, and ends nothing but the readings', async () => {
  let calls = 0
  const { clock, exported, lines, end } = begin((nowMs) => {
    calls += 1
    if (calls === 2) throw new Error('no /proc any more')
    return [pointAt(nowMs)]
  })
  await clock.advance(60_000)
  end()
  expect(exported).toEqual([5_000])
  expect(lines).toEqual(['taskbeat: the machine is not told of any more: no /proc any more'])
})
