import { expect, it } from 'vitest'
import { chooseMachine } from '../../src/task/machine-of.ts'
import type { Destination } from '../../src/telemetry/signals.ts'

const collector = { kind: 'otlp' } as Destination
const console: Destination = { kind: 'console' }
const unset = {
  ...{ hostMetrics: undefined, gpuMetrics: undefined, localRank: undefined },
  ...{ ompiLocalRank: undefined, slurmLocalRank: undefined, outerEvents: undefined },
}
const all = { host: 'all', gpu: true }
const nothing = { host: 'nothing', gpu: false }
const own = { host: 'processes', gpu: false }

it.each([
  { what: 'a collector', expected: all },
  { what: 'a console', metrics: [console], expected: nothing },
  { what: 'both', metrics: [console, collector], expected: all },
  {
    what: 'nowhere, though it was asked for',
    metrics: [],
    settings: { hostMetrics: true },
    expected: nothing,
  },
  {
    what: 'a console that was asked for it',
    metrics: [console],
    settings: { hostMetrics: true },
    expected: { host: 'all', gpu: false },
  },
  {
    what: 'a collector that is not to have it',
    settings: { hostMetrics: false, gpuMetrics: false },
    expected: nothing,
  },
  { what: 'the first rank of a machine', settings: { localRank: 0 }, expected: all },
  { what: 'another rank, by torchrun', settings: { localRank: 3 }, expected: own },
  { what: 'another rank, by mpirun', settings: { ompiLocalRank: 1 }, expected: own },
  { what: 'another rank, by srun', settings: { slurmLocalRank: 1 }, expected: own },
  {
    what: 'another rank with a GPU of its own',
    settings: { localRank: 1 },
    gpus: '1',
    expected: { host: 'processes', gpu: true },
  },
  { what: 'another rank that sees all GPUs', settings: { localRank: 1 }, gpus: '0,1', expected: own },
  { what: 'another rank that sees none', settings: { localRank: 1 }, gpus: '', expected: own },
  {
    what: 'another rank that is asked for all',
    settings: { localRank: 1, hostMetrics: true, gpuMetrics: true },
    expected: all,
  },
  { what: 'a taskbeat within another', settings: { outerEvents: '/events' }, expected: nothing },
])('$what is told $expected', ({ metrics = [collector], settings = {}, gpus, expected }) => {
  expect(chooseMachine({ ...unset, ...settings }, { metrics }, { CUDA_VISIBLE_DEVICES: gpus })).toEqual(
    expected,
  )
})
