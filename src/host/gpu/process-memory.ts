import type { Reading } from '../reading.ts'
import type { DeviceProcess } from './device-sample.ts'

export type Owner = 'workload' | 'other' | 'unknown'

/** Processes of a GPU that are told one by one, over the life of a reader: each is a series for ever. */
const mostPids = 32

/** Whose a pid is, as far as pids here and those of the driver are the same. */
export const ownerOf = (pid: number, workloadPids: ReadonlySet<number>, hasPidsOfMachine: boolean): Owner => {
  if (workloadPids.has(pid)) return 'workload'
  return hasPidsOfMachine ? 'other' : 'unknown'
}

interface Options {
  readonly id: string
  readonly processes: readonly DeviceProcess[]
  readonly ownerOf: (pid: number) => Owner
}

export interface ProcessMemory {
  /** Values with their own attributes: each of the first processes, the others in one sum for each owner. */
  readonly tell: (
    options: Options,
  ) => readonly (Pick<Reading, 'value'> & Required<Pick<Reading, 'attributes'>>)[]
}

export const openProcessMemory = (): ProcessMemory => {
  const told = new Map<string, Set<number>>()
  return {
    tell: ({ id, processes, ownerOf }) => {
      const pids = told.get(id) ?? new Set()
      told.set(id, pids)
      const sums = new Map<string, { value: number; attributes: Readonly<Record<string, string | number>> }>()
      for (const { pid, memoryBytes } of processes) {
        if (pids.size < mostPids) pids.add(pid)
        const attributes = {
          'taskbeat.gpu.process.owner': ownerOf(pid),
          ...(pids.has(pid) && { 'process.pid': pid }),
        }
        const key = Object.values(attributes).join()
        sums.set(key, { attributes, value: (sums.get(key)?.value ?? 0) + memoryBytes })
      }
      return [...sums.values()]
    },
  }
}
