import { cpus, freemem, totalmem } from 'node:os'
import type { Clock } from '../../clock.ts'
import type { Reading } from '../reading.ts'
import { type Cpus, startCpuReadings } from './cpu.ts'
import { memoryReadings } from './memory.ts'

/** What Node.js knows on any system. */
const cpusOfNode = (): Cpus | undefined => {
  const list = cpus()
  if (list.length === 0) return undefined
  const secondsIn = (mode: keyof (typeof list)[number]['times']) =>
    list.reduce((sum, { times }) => sum + times[mode], 0) / 1_000
  return {
    times: {
      user: secondsIn('user'),
      nice: secondsIn('nice'),
      system: secondsIn('sys'),
      idle: secondsIn('idle'),
      iowait: 0,
      interrupt: secondsIn('irq'),
      steal: 0,
    },
    count: list.length,
  }
}

/** Readings of CPUs and memory where there is no /proc, as on macOS. */
export const openNodeOs = (clock: Clock): (() => readonly Reading[]) => {
  const cpuReadings = startCpuReadings(clock)
  return () => [...cpuReadings(cpusOfNode()), ...memoryReadings({ total: totalmem(), available: freemem() })]
}
