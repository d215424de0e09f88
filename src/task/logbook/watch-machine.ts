import type { Temporality } from '../../otlp/points/encode-points.ts'
import type { Point } from '../../otlp/points/point.ts'
import { startMachineExport } from '../../telemetry/machine-export.ts'
import { chooseMachine, type MachineOfOptions, machineOf } from '../machine-of.ts'

export interface MachineWatch {
  /** Of the process that reads graphics processors. */
  readonly helperPid: () => number | undefined
  /** Reads once more, and ends. */
  readonly close: () => void
}

/** Reads the machine for people to look at, where it is not read for a collector; undefined where it is. */
export const watchMachine = async (
  options: Omit<MachineOfOptions, 'isShown'>,
  onMachine: (points: readonly Point[], since: Temporality, nowMs: number) => void,
): Promise<MachineWatch | undefined> => {
  const { settings, destinations, environment, screen, clock } = options
  const { host, gpu } = chooseMachine(settings, destinations, environment)
  if (host !== 'nothing' || gpu) return undefined
  const machine = await machineOf({ ...options, isShown: true })
  if (!machine) return undefined
  const end = startMachineExport({
    points: machine.points,
    intervalMs: settings.machineIntervalMs,
    accept: (points, nowMs) => onMachine(points, machine.since, nowMs),
    ...{ clock, print: screen.line },
  })
  return {
    helperPid: machine.helperPid,
    close: () => {
      end()
      machine.close()
    },
  }
}
