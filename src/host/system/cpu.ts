import { join } from 'node:path'
import type { Clock } from '../../clock.ts'
import { readText } from '../../processes/read-text.ts'
import { type Growth, startGrowth } from '../growth.ts'
import type { Reading } from '../reading.ts'
import { ticksPerSecond } from '../units.ts'

export type CpuMode = 'user' | 'nice' | 'system' | 'idle' | 'iowait' | 'interrupt' | 'steal'

/** Seconds in each mode, of all CPUs together. */
export type CpuTimes = Readonly<Record<CpuMode, number>>

export interface Cpus {
  readonly times: CpuTimes
  /** How many are online. */
  readonly count: number
}

/**
 * CPU times from the text of /proc/stat. Kernels add columns at the end; what is missing counts as none.
 *
 * @see proc_stat(5)
 */
export const parseCpus = (stat: string): Cpus | undefined => {
  const line = /^cpu +(\d+(?: \d+){3,})/m.exec(stat)?.[1]
  if (line === undefined) return undefined
  const seconds = line.split(' ').map((ticks) => Number(ticks) / ticksPerSecond)
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, hard = 0, soft = 0, steal = 0] = seconds
  return {
    times: { user, nice, system, idle, iowait, interrupt: hard + soft, steal },
    count: stat.match(/^cpu\d+ /gm)?.length ?? 0,
  }
}

/** Counters never fall: those of idle CPUs are known to, by a little. */
const higher = (times: CpuTimes, before: CpuTimes): CpuTimes => {
  const highest = { ...times }
  let mode: CpuMode
  for (mode in highest) highest[mode] = Math.max(times[mode], before[mode])
  return highest
}

const modesOf = (times: CpuTimes) =>
  Object.entries(times).map(([mode, value]) => ({ 'cpu.mode': mode, value }))

const sharesOf = (growth: Growth<CpuMode> | undefined): readonly Reading[] => {
  if (!growth) return []
  const whole = Object.values(growth.by).reduce((sum, seconds) => sum + seconds, 0)
  if (whole === 0) return []
  return modesOf(growth.by).map(({ value, ...attributes }) => ({
    metric: 'system.cpu.utilization',
    value: value / whole,
    attributes,
  }))
}

/** Makes readings of the CPUs, whoever knows of them; the returned function keeps what it saw last. */
export const startCpuReadings = (clock: Clock) => {
  const growthOf = startGrowth<CpuMode>(clock)
  let last: CpuTimes | undefined
  return (cpus: Cpus | undefined): readonly Reading[] => {
    if (!cpus) return []
    const times = last ? higher(cpus.times, last) : cpus.times
    last = times
    return [
      { metric: 'system.cpu.logical.count', value: cpus.count },
      ...modesOf(times).map(
        ({ value, ...attributes }): Reading => ({ metric: 'system.cpu.time', value, attributes }),
      ),
      ...sharesOf(growthOf(times)),
    ]
  }
}

export const openCpus = (root: string, clock: Clock): (() => readonly Reading[]) => {
  const readingsOf = startCpuReadings(clock)
  return () => readingsOf(parseCpus(readText(join(root, 'proc/stat')) ?? ''))
}
