import type { Clock } from '../../clock.ts'
import type { GpuSample } from '../../host/gpu/device-sample.ts'
import { hasDriver } from '../../host/gpu/presence.ts'
import { openSource } from '../../host/gpu/source.ts'
import type { Environment, GpuFacts } from '../facts.ts'
import { findProgram } from './program.ts'
import { within } from './within.ts'

export interface GpuOptions {
  readonly environment: Environment
  readonly clock: Clock
  readonly limitMs: number
  /** @default '/' */
  readonly root?: string
  /** @default what the loader finds */
  readonly nvmlLibrary?: string
}

/** After the last explanation so much longer for a sample: `nvidia-smi` has its turn after NVML. */
const graceMs = 100

/** Asks the driver once, by the process that `run` would ask it with: a driver that hangs costs us nothing. */
export const gatherGpu = async ({
  environment,
  clock,
  limitMs,
  root = '/',
  nvmlLibrary,
}: GpuOptions): Promise<GpuFacts> => {
  if (!hasDriver(root)) return { kind: 'no driver' }
  const notices: string[] = []
  const sampled = Promise.withResolvers<GpuSample | undefined>()
  const source = openSource({
    ...{ env: environment, intervalMs: limitMs, clock },
    ...(nvmlLibrary !== undefined && { nvmlLibrary }),
    onSample: sampled.resolve,
    onDebug: (line) => {
      notices.push(line)
      // nothing comes after these
      if (/^no GPU is read|of which the job sees 0/.test(line))
        clock.after(graceMs, () => sampled.resolve(undefined))
    },
    onTrouble: (line) => notices.push(line),
  })
  const sample = await within(clock, limitMs, sampled.promise, undefined)
  source.close()
  const hasSmi = findProgram('nvidia-smi', environment.PATH).kind === 'found'
  return { kind: 'driver', hasSmi, sample, notices }
}
