import type { Clock } from '../clock.ts'
import type { Machine, MachineOptions } from '../host/machine.ts'
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
  /** Whether people look at it, wherever it goes. @default false */
  readonly isShown?: boolean
}

type Choice = Pick<
  Settings,
  'hostMetrics' | 'gpuMetrics' | 'localRank' | 'ompiLocalRank' | 'slurmLocalRank' | 'outerEvents'
>

/** Whether a job sees one GPU alone: then it is its own, as of a rank that its launcher gave one. */
const seesOneGpu = ({ CUDA_VISIBLE_DEVICES: devices }: MachineSubject['environment']) =>
  devices !== undefined && /^[^,]+$/.test(devices.trim())

/**
 * What is told of the machine: by default all, if it goes to a collector; a terminal would show little else. Of several
 * ranks on one machine the first one tells of it; each tells of its own processes, and of a GPU that is its own. Of a
 * taskbeat within another the outer one tells.
 */
export const chooseMachine = (
  settings: Choice,
  { metrics }: Pick<Destinations, 'metrics'>,
  environment: MachineSubject['environment'],
  isShown = false,
): Pick<MachineOptions, 'host' | 'gpu'> => {
  const { hostMetrics, gpuMetrics, localRank, ompiLocalRank, slurmLocalRank, outerEvents } = settings
  if (metrics.length === 0 && !isShown) return { host: 'nothing', gpu: false }
  const isFirst = (localRank ?? ompiLocalRank ?? slurmLocalRank ?? 0) === 0
  const isWanted = isShown || metrics.some(({ kind }) => kind === 'otlp')
  const byDefault = isWanted && outerEvents === undefined
  const isTold = hostMetrics ?? byDefault
  return {
    host: !isTold ? 'nothing' : hostMetrics || isFirst ? 'all' : 'processes',
    gpu: gpuMetrics ?? (byDefault && (isFirst || seesOneGpu(environment))),
  }
}

/** Opens what is to be told of the machine; nothing is loaded for nothing. */
export const machineOf = async (options: MachineOfOptions): Promise<Machine | undefined> => {
  const { settings, destinations, pid, environment, steps, screen, clock, onTrouble } = options
  const chosen = chooseMachine(settings, destinations, environment, options.isShown)
  if (chosen.host === 'nothing' && !chosen.gpu) return undefined
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
