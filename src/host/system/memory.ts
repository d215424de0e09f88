import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'
import { known } from '../known.ts'
import { parseKeys } from '../parse-numbers.ts'
import type { Reading } from '../reading.ts'

/** In bytes. */
export interface Memory {
  readonly total: number
  readonly available: number
}

export const memoryReadings = ({ total, available }: Memory): readonly Reading[] => {
  // what a program could still get is no more than all there is, also where the numbers are of two moments
  const states = Object.entries({
    used: total - Math.min(available, total),
    available: Math.min(available, total),
  })
  return [
    { metric: 'system.memory.limit', value: total },
    ...states.flatMap(([state, value]): readonly Reading[] => {
      const attributes = { 'system.memory.state': state }
      return [
        { metric: 'system.memory.usage', value, attributes },
        ...known('system.memory.utilization', total > 0 ? value / total : undefined, attributes),
      ]
    }),
  ]
}

const swapReadings = (total: number, free: number): readonly Reading[] =>
  total === 0
    ? []
    : Object.entries({ used: Math.max(0, total - free), free }).flatMap(
        ([state, value]): readonly Reading[] => {
          const attributes = { 'system.paging.state': state }
          return [
            { metric: 'system.paging.usage', value, attributes },
            { metric: 'system.paging.utilization', value: value / total, attributes },
          ]
        },
      )

/**
 * Readings from the text of /proc/meminfo. A kernel before 3.14 does not say what is available: then free memory,
 * buffers and cached files are.
 *
 * @see proc_meminfo(5)
 */
export const parseMemory = (meminfo: string): readonly Reading[] => {
  const kilobytes = parseKeys(meminfo)
  const bytesOf = (key: string) => {
    const value = kilobytes.get(key)
    return value === undefined ? undefined : value * 1_024
  }
  const total = bytesOf('MemTotal')
  const told = bytesOf('MemAvailable')
  const free = bytesOf('MemFree')
  const available =
    told ?? (free === undefined ? undefined : free + (bytesOf('Buffers') ?? 0) + (bytesOf('Cached') ?? 0))
  const swapTotal = bytesOf('SwapTotal')
  const swapFree = bytesOf('SwapFree')
  return [
    ...(total === undefined || available === undefined ? [] : memoryReadings({ total, available })),
    ...known('system.memory.linux.available', told),
    ...(swapTotal === undefined || swapFree === undefined ? [] : swapReadings(swapTotal, swapFree)),
  ]
}

export const openMemory = (root: string) => (): readonly Reading[] =>
  parseMemory(readText(join(root, 'proc/meminfo')) ?? '')
