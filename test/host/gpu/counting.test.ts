import { expect, it } from 'vitest'
import { type DeviceSample, parseSample } from '../../../src/host/gpu/device-sample.ts'
import { openLedger } from '../../../src/host/gpu/ledger.ts'
import { openProcessMemory, ownerOf } from '../../../src/host/gpu/process-memory.ts'
import { openStepEnergy } from '../../../src/host/gpu/step-energy.ts'
import { reasonsOf } from '../../../src/host/gpu/throttle.ts'
import { xidMessage, xidType } from '../../../src/host/gpu/xid.ts'

const gpu = (values: Partial<DeviceSample>): DeviceSample => ({
  id: 'GPU-1',
  index: 0,
  state: 'ok',
  ...values,
})

const ours = (value: number) => ({ value, isFromZero: true })
const driver = (value: number) => ({ value, isFromZero: false })

it('time without work, energy and throttling are counted by what the later sample says', () => {
  const ledger = openLedger(30_000)
  const add = (atMs: number, values: Partial<DeviceSample>) =>
    ledger.add({ atMs, devices: [gpu(values)], xids: [] })
  add(1_000, { idleShare: 1, powerWatts: 999, throttleMask: 0x04 })
  add(11_000, { idleShare: 0.5, powerWatts: 100, throttleMask: 0x04 })
  add(21_000, { idleShare: 0, powerWatts: 200, throttleMask: 0x20 })
  expect(ledger.of(gpu({}))).toEqual({
    idleSeconds: ours(5),
    energyJoules: ours(3_000),
    throttledSeconds: {
      sw_power_cap: ours(10),
      sync_boost: ours(0),
      sw_thermal_slowdown: ours(10),
      hw_thermal_slowdown: ours(0),
      hw_power_brake_slowdown: ours(0),
      hw_slowdown: ours(0),
    },
    xids: {},
  })
})

it('what happened while nobody looked is not made up', () => {
  const ledger = openLedger(30_000)
  for (const atMs of [0, 600_000, 599_000]) ledger.add({ atMs, devices: [gpu({ idleShare: 1 })], xids: [] })
  expect(ledger.of(gpu({})).idleSeconds).toEqual(ours(30))
})

it('what a GPU counts itself is told, not what was seen', () => {
  const ledger = openLedger(30_000)
  const device = gpu({
    energyJoules: 5,
    powerWatts: 1_000,
    throttleMask: 0x04,
    throttledSeconds: { sw_power_cap: 1.5 },
  })
  for (const atMs of [0, 10_000]) ledger.add({ atMs, devices: [device], xids: [] })
  const { energyJoules, throttledSeconds } = ledger.of(device)
  expect(energyJoules).toEqual(driver(5))
  expect(throttledSeconds.sw_power_cap).toEqual(driver(1.5))
  expect(throttledSeconds.sync_boost).toEqual(ours(0))
})

it('a count stays with whoever began it, even if the GPU does not tell its own for once', () => {
  const ledger = openLedger(30_000)
  const counting = gpu({ energyJoules: 5e6, powerWatts: 100, throttledSeconds: { sync_boost: 9 } })
  const silent = gpu({ powerWatts: 100, throttleMask: 0x10 })
  ledger.add({ atMs: 0, devices: [counting], xids: [] })
  ledger.add({ atMs: 10_000, devices: [silent], xids: [] })
  expect(ledger.of(silent).energyJoules).toBeUndefined()
  expect(ledger.of(silent).throttledSeconds.sync_boost).toBeUndefined()

  const other = openLedger(30_000)
  other.add({ atMs: 0, devices: [silent], xids: [] })
  other.add({ atMs: 10_000, devices: [counting], xids: [] })
  expect(other.of(counting).energyJoules).toEqual(ours(1_000))
})

it('a device that says nothing has no counts', () => {
  const ledger = openLedger(30_000)
  ledger.add({ atMs: 0, devices: [gpu({})], xids: [] })
  expect(ledger.of(gpu({}))).toEqual({ throttledSeconds: {}, xids: {} })
})

it('Xids are counted, the unusual ones together', () => {
  const ledger = openLedger(30_000)
  const xids = [79, 79, 5, 6].map((code) => ({ id: 'GPU-1', index: 0, code }))
  ledger.add({ atMs: 0, devices: [], xids })
  expect(ledger.of(gpu({})).xids).toEqual({ xid_79: ours(2), xid_other: ours(2) })
})

it.each([
  [0x00, []],
  [0x01, []],
  [0x02, []],
  [0x04, ['sw_power_cap']],
  [0x08, ['hw_slowdown']],
  [0x48, ['hw_thermal_slowdown']],
  [0x88, ['hw_power_brake_slowdown']],
  [0x34, ['sw_power_cap', 'sync_boost', 'sw_thermal_slowdown']],
])('the mask %i means %j', (mask, reasons) => {
  expect(reasonsOf(mask)).toEqual(reasons)
})

it.each([13, 31, 43, 45, 48, 63, 64, 74, 79, 94, 95, 119])('Xid %i is explained', (code) => {
  expect(xidMessage({ id: 'GPU-1', index: 3, code })).toMatch(
    new RegExp(`^GPU 3 \\(GPU-1\\) reports Xid ${code}: `),
  )
  expect(xidType(code)).toBe(`xid_${code}`)
})

it('an Xid that is not known is told by its number', () => {
  expect(xidMessage({ id: 'GPU-1', index: 0, code: 200 })).toBe('GPU 0 (GPU-1) reports Xid 200')
  expect(xidType(200)).toBe('xid_other')
})

it.each<{ what: string; rounds: readonly (readonly [steps: number, joules: number])[]; told: unknown[] }>([
  { what: 'first look', rounds: [[10, 100]], told: [undefined] },
  {
    what: 'steps',
    rounds: [
      [10, 100],
      [14, 500],
    ],
    told: [undefined, 100],
  },
  {
    what: 'a step that takes longer than a round',
    rounds: [
      [1, 100],
      [1, 200],
      [1, 300],
      [2, 400],
    ],
    told: [undefined, undefined, undefined, 300],
  },
  {
    what: 'a training that began anew',
    rounds: [
      [9, 100],
      [2, 200],
      [3, 250],
    ],
    told: [undefined, undefined, 50],
  },
  {
    what: 'a counter that began anew',
    rounds: [
      [1, 900],
      [2, 100],
      [3, 150],
    ],
    told: [undefined, undefined, 50],
  },
])('energy per step: $what', ({ rounds, told }) => {
  const energy = openStepEnergy()
  const values = rounds.map(([steps, joules]) => {
    const round = energy.at(steps)
    const value = round.perStep('GPU-1', joules)
    round.close()
    return value
  })
  expect(values).toEqual(told)
})

it('32 processes of a GPU are told one by one, ever; the others in sums', () => {
  const memory = openProcessMemory()
  const tell = (first: number, count: number) =>
    memory.tell({
      id: 'GPU-1',
      processes: Array.from({ length: count }, (_, at) => ({ pid: first + at, memoryBytes: 10 })),
      ownerOf: (pid) => (pid % 2 === 0 ? 'workload' : 'other'),
    })
  expect(tell(1, 40)).toHaveLength(34)
  expect(tell(1, 40).slice(-2)).toEqual([
    { value: 40, attributes: { 'taskbeat.gpu.process.owner': 'other' } },
    { value: 40, attributes: { 'taskbeat.gpu.process.owner': 'workload' } },
  ])
  expect(tell(100, 2)).toEqual([
    { value: 10, attributes: { 'taskbeat.gpu.process.owner': 'workload' } },
    { value: 10, attributes: { 'taskbeat.gpu.process.owner': 'other' } },
  ])
})

it.each([
  [7, true, 'workload'],
  [7, false, 'workload'],
  [8, true, 'other'],
  [8, false, 'unknown'],
] as const)('process %i, with pids of the machine: %s, is of %s', (pid, hasPidsOfMachine, owner) => {
  expect(ownerOf(pid, new Set([7]), hasPidsOfMachine)).toBe(owner)
})

it('what is wrong in a sample is left out, the rest stays', () => {
  const line = JSON.stringify({
    atMs: 5,
    devices: [
      null,
      { index: 0, state: 'ok' },
      { id: 'GPU-1', index: 0, state: 'fine' },
      {
        id: 'GPU-2',
        index: 1,
        state: 'ok',
        utilization: 1.5,
        powerWatts: -1,
        temperature: '52',
        smHertz: 1e9,
        model: 7,
        throttledSeconds: { sw_power_cap: 1, other: 2, sync_boost: null },
        processes: [{ pid: 1, memoryBytes: 2 }, { pid: 1.5, memoryBytes: 2 }, 'x'],
        unknown: 1,
      },
    ],
    xids: [{ id: 'GPU-2', index: 1, code: 79 }, { code: 1 }],
  })
  expect(parseSample(line)).toEqual({
    atMs: 5,
    devices: [
      {
        id: 'GPU-2',
        index: 1,
        state: 'ok',
        smHertz: 1e9,
        throttledSeconds: { sw_power_cap: 1 },
        processes: [{ pid: 1, memoryBytes: 2 }],
      },
    ],
    xids: [{ id: 'GPU-2', index: 1, code: 79 }],
  })
})

it.each(['', '{', '[]', 'null', '{}', '{"atMs":"5"}', '{"devices":5,"visible":4}'])(
  '%s is no sample',
  (line) => {
    expect(parseSample(line)).toBeUndefined()
  },
)
