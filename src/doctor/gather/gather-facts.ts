import { dirname, relative, resolve } from 'node:path'
import type { Clock } from '../../clock.ts'
import { readText } from '../../processes/read-text.ts'
import { goNowhere } from '../../telemetry/signals.ts'
import { spoolDirOf } from '../../telemetry/spool-dir.ts'
import type { CheckpointFacts, ConfigurationFacts, DirectoryFacts, Facts, ProgressFacts } from '../facts.ts'
import { gatherCheckpoints } from './checkpoints.ts'
import { placesOf } from './configuration.ts'
import { gatherDirectory } from './directory.ts'
import { gatherGpu } from './gpu.ts'
import { gatherHealth } from './health.ts'
import { gatherMachine } from './machine.ts'
import { parseMounts } from './mounts.ts'
import { probePlace } from './probe.ts'
import { findProgram } from './program.ts'
import { gatherProgress } from './progress.ts'
import { gatherSpool } from './spool.ts'
import { surroundingsOf } from './surroundings.ts'
import { within } from './within.ts'

/** How long is waited, in milliseconds. */
export interface Limits {
  /** For whatever answers at once if it answers at all. */
  readonly probeMs: number
  /** For canaries, for disks that have to sync, and for a driver that may have to wake up. */
  readonly longMs: number
}

const usualLimits: Limits = { probeMs: 2_000, longMs: 5_000 }

export interface GatherOptions {
  readonly configuration: ConfigurationFacts
  readonly operands: readonly string[]
  readonly version: string
  readonly clock: Clock
  /** @default 2 s, and 5 s */
  readonly limits?: Limits
}

const noSpool = { traces: 0, metrics: 0, logs: 0 } as const
const notAsked: CheckpointFacts = { kind: 'not asked' }

/** What can be said of the progress file where its directory cannot be used; undefined where it can. */
const progressWithout = (
  { progressFile: path, resultsDir }: ConfigurationFacts['settings'],
  results: DirectoryFacts,
  beside: DirectoryFacts | undefined,
): ProgressFacts | undefined => {
  const isInside = !relative(resolve(resultsDir), resolve(path)).startsWith('..')
  const place = { path, isInside, device: undefined }
  if (results.trial.outcome === 'silent') return { ...place, kind: 'absent' }
  if (!beside || beside.trial.outcome === 'works') return undefined
  const code = beside.trial.outcome === 'failed' ? beside.trial.code : 'no answer'
  return { ...place, kind: 'unreadable', code }
}

/** What is in the directories; nothing is looked for where they do not answer. */
const gatherStorage = async ({ settings }: ConfigurationFacts, clock: Clock, limitMs: number) => {
  const { resultsDir, progressFile, spoolDir } = settings
  const mounts = parseMounts(readText('/proc/self/mountinfo') ?? '')
  const look = (path: string) => gatherDirectory(path, { mounts, clock, limitMs })
  const progressDir = dirname(resolve(progressFile))
  const [results, spool, beside] = await Promise.all([
    look(resultsDir),
    spoolDir === undefined ? undefined : look(spoolDir),
    progressDir === resolve(resultsDir) ? undefined : look(progressDir),
  ])
  const answers = results.trial.outcome !== 'silent'
  const spoolAnswers = (spool ?? results).trial.outcome !== 'silent'
  const [checkpoints, spoolWaiting] = await Promise.all([
    answers ? within(clock, limitMs, gatherCheckpoints(settings), notAsked) : notAsked,
    spoolAnswers ? within(clock, limitMs, gatherSpool(spoolDirOf(settings)), noSpool) : noSpool,
  ])
  // its file is read in one go, which would wait for ever where nothing answers
  const progress = progressWithout(settings, results, beside) ?? gatherProgress(settings)
  return { results, spool, spoolDir: resolve(spoolDirOf(settings)), spoolWaiting, progress, checkpoints }
}

/** Looks at everything at once; none of it takes more than some seconds. */
export const gatherFacts = async (options: GatherOptions): Promise<Facts> => {
  const { configuration, operands, version, clock, limits = usualLimits } = options
  const { probeMs, longMs } = limits
  const { settings, environment, destinations } = configuration
  const load = async () => {
    const { loadCanaries } = await import('../canary/send-canaries.ts')
    return loadCanaries({ settings, destinations, version, clock, limitMs: longMs })
  }
  // before any time counts
  const sendCanaries = settings.sendsCanary && !goNowhere(destinations) ? await load() : async () => []
  const probes = [...placesOf(destinations)].map(([place, tls]) =>
    probePlace({ place, tls, clock, limitMs: probeMs }),
  )
  const [storage, probed, sent, health, gpu, machine] = await Promise.all([
    gatherStorage(configuration, clock, longMs),
    Promise.all(probes),
    sendCanaries(),
    gatherHealth(settings.healthCheckEndpoint, { clock, limitMs: probeMs }),
    gatherGpu({ environment, clock, limitMs: longMs }),
    gatherMachine(clock),
  ])
  const [name] = operands
  return {
    ...configuration,
    ...storage,
    ...{ probes: probed, canaries: sent, health, gpu, machine },
    surroundings: surroundingsOf(environment),
    program: name === undefined ? undefined : findProgram(name, environment.PATH),
  }
}
