import { bridge } from './groups/bridge.ts'
import { doctor } from './groups/doctor.ts'
import { emulator } from './groups/emulator.ts'
import { general } from './groups/general.ts'
import { machine } from './groups/machine.ts'
import { naming } from './groups/naming.ts'
import { fromPlatform } from './groups/platform.ts'
import { progress } from './groups/progress.ts'
import { replay } from './groups/replay.ts'
import { simulation } from './groups/simulation.ts'
import { supervision } from './groups/supervision.ts'
import { telemetry } from './groups/telemetry.ts'
import { traceConfig } from './groups/trace-config.ts'
import { view } from './groups/view.ts'
import { worker } from './groups/worker.ts'
import type { Basics } from './row.ts'

/** Every setting, in the order of the README. */
export const table = {
  ...general,
  ...progress,
  ...supervision,
  ...simulation,
  ...telemetry,
  ...machine,
  ...view,
  ...replay,
  ...bridge,
  ...naming,
  ...traceConfig,
  ...doctor,
  ...fromPlatform,
  ...worker,
  ...emulator,
} as const

export type Field = keyof typeof table

type ValueOf<R> = R extends { readonly default: infer D } ? Exclude<D, (basics: Basics) => unknown> : never

/** All settings of one process, resolved and frozen. */
export type Settings = { readonly [F in Field]: ValueOf<(typeof table)[F]> }
