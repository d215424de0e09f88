import type { Clock } from '../clock.ts'
import type { Machine } from '../host/machine.ts'
import type { Settings } from '../settings.ts'
import type { Destinations } from '../telemetry/signals.ts'
import type { Screen } from '../terminal/screen.ts'

/** What a task knows of where it runs. */
export interface MachineSubject {
  /** The first of the workload's processes. */
  readonly pid: number
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Steps that are trained. */
  readonly steps: () => number | undefined
}

export interface MachineOfOptions extends MachineSubject {
  readonly settings: Settings
  readonly destinations: Destinations
  readonly screen: Screen
  readonly clock: Clock
  readonly onTrouble: (text: string) => void
}

type Choice = Pick<Settings, 'hostMetrics' | 'gpuMetrics' | 'localRank' | 'outerEvents'>

/**
 * What is told of the machine: by default all, if it goes to a collector; a terminal would show little else. Of several
 * ranks on one machine the first one tells, of a taskbeat within another the outer one.
 */
export const chooseMachine = (
  { hostMetrics, gpuMetrics, localRank = 0, outerEvents }: Choice,
  { metrics }: Pick<Destinations, 'metrics'>,
): { readonly host: boolean; readonly gpu: boolean } => {
  if (metrics.length === 0) return { host: false, gpu: false }
  const byDefault =
    metrics.some(({ kind }) => kind === 'otlp') && localRank === 0 && outerEvents === undefined
  return { host: hostMetrics ?? byDefault, gpu: gpuMetrics ?? byDefault }
}

/** Opens what is to be told of the machine; nothing is loaded for nothing. */
export const machineOf = async (options: MachineOfOptions): Promise<Machine | undefined> => {
  const { settings, destinations, pid, environment, steps, screen, clock, onTrouble } = options
  const chosen = chooseMachine(settings, destinations)
  if (!chosen.host && !chosen.gpu) return undefined
  const { openMachine } = await import('../host/machine.ts')
  return openMachine({
    ...{ ...chosen, pid, environment, steps, clock, onTrouble },
    names: settings.names,
    since: settings.metricsTemporality === 'delta' ? 'delta' : 'cumulative',
    directory: settings.resultsDir,
    intervalMs: settings.machineIntervalMs,
    onDebug: (text) => {
      if (settings.debug) screen.line(`taskbeat: ${text}`)
    },
  })
}
