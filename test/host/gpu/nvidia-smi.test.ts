import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { DeviceSample } from '../../../src/host/gpu/device-sample.ts'
import {
  parseSmiLine,
  refusesAll,
  refusesField,
  type SmiQuery,
  smiFields,
} from '../../../src/host/gpu/nvidia-smi.ts'

const linesOf = (name: string) =>
  readFileSync(`test/host/gpu/fixtures/${name}.txt`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')

const noThrottling = {
  sw_power_cap: 0,
  sync_boost: 0,
  sw_thermal_slowdown: 0,
  hw_thermal_slowdown: 0,
  hw_power_brake_slowdown: 0,
}

const h200 = { model: 'NVIDIA H200', driver: '590.48.01', eccCorrected: 0, eccUncorrected: 0 }

it.each<{ file: string; query: SmiQuery; devices: readonly DeviceSample[] }>([
  {
    file: 'smi-590-h200',
    query: 'full',
    devices: [
      {
        ...h200,
        id: 'GPU-10000000-0000-0000-0000-000000000000',
        index: 0,
        state: 'ok',
        utilization: 1,
        idleShare: 0,
        memoryActivity: 0.07,
        encoder: 0,
        decoder: 0,
        memoryTotalBytes: 143_771 * 2 ** 20,
        memoryUsedBytes: 32_362 * 2 ** 20,
        powerWatts: 627.4,
        powerLimitWatts: 700,
        temperature: 52,
        memoryTemperature: 40,
        smHertz: 1_980_000_000,
        memoryHertz: 3_201_000_000,
        throttleMask: 0,
        throttledSeconds: noThrottling,
      },
      {
        ...h200,
        id: 'GPU-20000000-0000-0000-0000-000000000000',
        index: 1,
        state: 'ok',
        utilization: 0,
        idleShare: 1,
        memoryActivity: 0,
        encoder: 0,
        decoder: 0,
        memoryTotalBytes: 143_771 * 2 ** 20,
        memoryUsedBytes: 0,
        powerWatts: 77.71,
        powerLimitWatts: 700,
        temperature: 28,
        memoryTemperature: 32,
        smHertz: 345_000_000,
        memoryHertz: 3_201_000_000,
        throttleMask: 1,
        throttledSeconds: noThrottling,
      },
    ],
  },
  {
    file: 'smi-590-h200-mig',
    query: 'full',
    devices: [
      {
        ...h200,
        id: 'GPU-10000000-0000-0000-0000-000000000000',
        index: 0,
        state: 'ok',
        isDivided: true,
        powerWatts: 295.01,
        powerLimitWatts: 700,
        temperature: 36,
        memoryTemperature: 39,
        smHertz: 1_980_000_000,
        memoryHertz: 3_201_000_000,
        throttleMask: 0,
        throttledSeconds: noThrottling,
      },
    ],
  },
  {
    file: 'smi-595-consumer',
    query: 'full',
    devices: [
      {
        id: 'GPU-30000000-0000-0000-0000-000000000000',
        index: 0,
        state: 'ok',
        model: 'NVIDIA GeForce RTX 2080 SUPER',
        driver: '595.71.05',
        utilization: 0,
        idleShare: 1,
        memoryActivity: 0.09,
        encoder: 0,
        decoder: 0,
        memoryTotalBytes: 8_192 * 2 ** 20,
        memoryUsedBytes: 214 * 2 ** 20,
        powerWatts: 39.32,
        powerLimitWatts: 250,
        temperature: 40,
        smHertz: 765_000_000,
        memoryHertz: 810_000_000,
        throttleMask: 4,
        throttledSeconds: { ...noThrottling, sw_power_cap: 212.553937 },
      },
    ],
  },
  {
    file: 'smi-550-h100-failed',
    query: 'basic',
    devices: [
      {
        id: 'GPU-40000000-0000-0000-0000-000000000000',
        index: 0,
        state: 'ok',
        model: 'NVIDIA H100 80GB HBM3',
        driver: '550.90.07',
        utilization: 0.98,
        idleShare: 0,
        memoryActivity: 0.55,
        memoryTotalBytes: 81_559 * 2 ** 20,
        memoryUsedBytes: 70_123 * 2 ** 20,
        powerWatts: 690.12,
        powerLimitWatts: 700,
        temperature: 71,
        memoryTemperature: 88,
        smHertz: 1_755_000_000,
        memoryHertz: 2_619_000_000,
        throttleMask: 4,
        eccCorrected: 12,
        eccUncorrected: 0,
      },
      { id: 'GPU-50000000-0000-0000-0000-000000000000', index: 1, state: 'failed' },
      {
        id: 'GPU-60000000-0000-0000-0000-000000000000',
        index: 2,
        state: 'ok',
        model: 'NVIDIA H100 80GB HBM3',
        driver: '550.90.07',
        memoryTotalBytes: 81_559 * 2 ** 20,
        memoryUsedBytes: 0,
        powerLimitWatts: 700,
        temperature: 33,
        memoryTemperature: 35,
        smHertz: 345_000_000,
        memoryHertz: 2_619_000_000,
        throttleMask: 1,
        eccCorrected: 0,
        eccUncorrected: 0,
      },
    ],
  },
  {
    file: 'smi-535-a100',
    query: 'basic',
    devices: [
      {
        id: 'GPU-70000000-0000-0000-0000-000000000000',
        index: 0,
        state: 'ok',
        model: 'NVIDIA A100-SXM4-80GB',
        driver: '535.183.01',
        utilization: 0.45,
        idleShare: 0,
        memoryActivity: 0.12,
        memoryTotalBytes: 81_920 * 2 ** 20,
        memoryUsedBytes: 40_960 * 2 ** 20,
        powerWatts: 250.5,
        powerLimitWatts: 400,
        temperature: 60,
        memoryTemperature: 65,
        smHertz: 1_410_000_000,
        memoryHertz: 1_593_000_000,
        throttleMask: 0x68,
        eccCorrected: 0,
        eccUncorrected: 0,
      },
    ],
  },
  {
    file: 'smi-470-t4',
    query: 'basic',
    devices: [
      {
        id: 'GPU-80000000-0000-0000-0000-000000000000',
        index: 0,
        state: 'ok',
        model: 'Tesla T4',
        driver: '470.82.01',
        utilization: 0.03,
        idleShare: 0,
        memoryActivity: 0.01,
        memoryTotalBytes: 15_109 * 2 ** 20,
        memoryUsedBytes: 1_024 * 2 ** 20,
        powerWatts: 26.71,
        powerLimitWatts: 70,
        temperature: 45,
        smHertz: 585_000_000,
        memoryHertz: 5_000_000_000,
        throttleMask: 1,
        eccCorrected: 0,
        eccUncorrected: 0,
      },
    ],
  },
])('$file is understood', ({ file, query, devices }) => {
  const parsed = linesOf(file).map((line) => parseSmiLine(query, line))
  expect(parsed).toHaveLength(devices.length)
  for (const [place, device] of devices.entries()) {
    for (const [name, value] of Object.entries(device)) {
      const seen = Object.entries(parsed[place] ?? {}).find(([key]) => key === name)?.[1]
      if (typeof value === 'number') expect(seen, name).toBeCloseTo(value, 9)
      else expect(seen, name).toEqual(value)
    }
    expect(Object.keys(parsed[place] ?? {}).toSorted()).toEqual(Object.keys(device).toSorted())
  }
})

it.each([
  ['smi-550-refuses', { field: true, all: false }],
  ['smi-fails', { field: false, all: true }],
  ['smi-470-t4', { field: false, all: false }],
])('%s is known for what it is', (file, is) => {
  const [line = ''] = linesOf(file)
  expect({ field: refusesField(line), all: refusesAll(line) }).toEqual(is)
})

it.each([
  ['', 'nothing'],
  ['GPU-1, 0', 'too few values'],
  [`x, 0${', 1'.repeat(smiFields.basic.length - 2)}`, 'no UUID'],
  [`GPU-1, zero${', 1'.repeat(smiFields.basic.length - 2)}`, 'no index'],
  [`GPU-1, 0${', 1'.repeat(smiFields.basic.length - 1)}`, 'too many values'],
])('%s is no GPU: %s', (line) => {
  expect(parseSmiLine('basic', line)).toBeUndefined()
})
