import { describe, expect, it } from 'vitest'
import { createPoints } from '../../src/host/points.ts'
import type { Reading } from '../../src/host/reading.ts'
import type { Point } from '../../src/otlp/points/point.ts'

const startMs = 1_000_000

const open = (options: Partial<Parameters<typeof createPoints>[0]> = {}) =>
  createPoints({ names: [], since: 'cumulative', startMs, ...options })

const read = (value: number): Reading => ({
  metric: 'system.network.io',
  value,
  attributes: { 'network.interface.name': 'eth0', 'network.io.direction': 'receive' },
})

/** What becomes of a counter's values, read a second apart. */
const series = (
  values: readonly number[],
  options: Parameters<typeof open>[0] = {},
  more: Partial<Reading> = {},
) => {
  const points = open(options)
  return values.map((value, index) => {
    const [point] = points([{ ...read(value), ...more }], startMs + index * 1_000)
    return [point?.value, (point?.startMs ?? 0) - startMs]
  })
}

describe('a counter', () => {
  it('counts from our start, as the past of the machine is nobody’s increase', () => {
    expect(series([5_000, 5_010, 5_010, 5_030])).toEqual([
      [0, 0],
      [10, 0],
      [10, 0],
      [30, 0],
    ])
  })

  it('that nothing was before counts its first value too', () => {
    expect(series([1, 3], {}, { isFromZero: true })).toEqual([
      [1, 0],
      [3, 0],
    ])
  })

  it('never falls, even where what is read begins anew', () => {
    expect(series([100, 160, 7, 9])).toEqual([
      [0, 0],
      [60, 0],
      [67, 0],
      [69, 0],
    ])
  })

  it('tells differences where those are wanted, each since the point before', () => {
    expect(series([100, 160, 7, 9], { since: 'delta' })).toEqual([
      [0, 0],
      [60, 0],
      [7, 1_000],
      [2, 2_000],
    ])
  })

  it('is one for each of its attributes’ values', () => {
    const points = open()
    const both = (first: number, second: number): readonly Reading[] => [
      read(first),
      {
        ...read(second),
        attributes: { 'network.interface.name': 'eth1', 'network.io.direction': 'receive' },
      },
    ]
    points(both(10, 20), startMs)
    expect(points(both(11, 25), startMs).map(({ value }) => value)).toEqual([1, 5])
  })
})

it('a point has kind, unit and description of its metric, and the time of its reading', () => {
  const [memory] = open()(
    [{ metric: 'system.memory.usage', value: 5, attributes: { 'system.memory.state': 'used' } }],
    42,
  )
  expect(memory).toEqual({
    name: 'system.memory.usage',
    type: 'updowncounter',
    unit: 'By',
    description: expect.any(String),
    attributes: { 'system.memory.state': 'used' },
    timeMs: 42,
    value: 5,
  })
})

it('what is no number costs nothing else', () => {
  const points = open()([read(Number.NaN), { metric: 'system.memory.limit', value: 7 }], 0)
  expect(points.map(({ name }) => name)).toEqual(['system.memory.limit'])
})

it('a counter that was away for some readings counts on, one that is forgotten begins anew', () => {
  const points = open()
  const at = (second: number, ...values: readonly number[]) =>
    points(values.map(read), startMs + second * 1_000).map((point) => [
      point.value,
      (point.startMs ?? 0) - startMs,
    ])
  at(0, 1_000)
  at(1, 1_010)
  for (let second = 2; second < 101; second += 1) at(second)
  expect(at(101, 1_030)).toEqual([[30, 0]])
  for (let second = 102; second < 202; second += 1) at(second)
  // as OpenTelemetry has it: a total that falls has a new start
  expect(at(202, 1_050)).toEqual([[0, 201_000]])
  expect(at(203, 1_055)).toEqual([[5, 201_000]])
})

it('what counts from zero is not counted twice, however long it was away', () => {
  const points = open({ since: 'delta' })
  const errors: Reading = { ...read(3), isFromZero: true }
  points([errors], startMs)
  for (let second = 1; second < 300; second += 1) points([], startMs + second * 1_000)
  expect(points([errors], startMs + 300_000).map(({ value }) => value)).toEqual([0])
})

it('what is not read any more is not told any more', () => {
  const points = open()
  points([read(1)], 0)
  expect(points([], 1)).toEqual([])
})

it('with the names of TuFT, its gauges come too, in percent and by the index of the GPU', () => {
  const gpu = { 'hw.id': 'GPU-1', 'taskbeat.gpu.index': 3 }
  const readings: readonly Reading[] = [
    { metric: 'system.cpu.utilization', value: 0.125, attributes: { 'cpu.mode': 'user' } },
    { metric: 'system.cpu.utilization', value: 0.125, attributes: { 'cpu.mode': 'system' } },
    { metric: 'system.cpu.utilization', value: 0.5, attributes: { 'cpu.mode': 'idle' } },
    { metric: 'system.cpu.utilization', value: 0.25, attributes: { 'cpu.mode': 'iowait' } },
    { metric: 'system.memory.usage', value: 6, attributes: { 'system.memory.state': 'used' } },
    { metric: 'system.memory.usage', value: 1, attributes: { 'system.memory.state': 'available' } },
    { metric: 'system.memory.limit', value: 10 },
    { metric: 'system.memory.utilization', value: 0.6, attributes: { 'system.memory.state': 'used' } },
    { metric: 'hw.gpu.utilization', value: 0.5, attributes: { ...gpu, 'hw.gpu.task': 'general' } },
    { metric: 'hw.gpu.utilization', value: 0, attributes: { ...gpu, 'hw.gpu.task': 'encoder' } },
    { metric: 'hw.gpu.memory.usage', value: 8, attributes: gpu },
    { metric: 'hw.gpu.memory.limit', value: 80, attributes: gpu },
    { metric: 'process.memory.usage', value: 2 },
  ]
  const all = open({ names: ['tuft'] })(readings, 0)
  expect(all.slice(0, readings.length).map(({ name }) => name)).toEqual(readings.map(({ metric }) => metric))
  const theirs = all
    .slice(readings.length)
    .map(({ name, type, unit, value, attributes }: Point) => [
      name.replace('tuft.resource.', ''),
      type,
      value,
      unit,
      attributes,
    ])
  expect(theirs).toEqual([
    ['cpu.utilization_percent', 'gauge', 25, '%', {}],
    ['memory.used_bytes', 'gauge', 6, 'bytes', {}],
    ['memory.total_bytes', 'gauge', 10, 'bytes', {}],
    ['memory.utilization_percent', 'gauge', 60, '%', {}],
    ['gpu.utilization_percent', 'gauge', 50, '%', { gpu_id: '3' }],
    ['gpu.memory_used_bytes', 'gauge', 8, 'bytes', { gpu_id: '3' }],
    ['gpu.memory_total_bytes', 'gauge', 80, 'bytes', { gpu_id: '3' }],
    ['process.memory_used_bytes', 'gauge', 2, 'bytes', {}],
  ])
})
