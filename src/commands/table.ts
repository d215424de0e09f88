import { bridge } from './bridge.ts'
import type { Command } from './command.ts'
import { completions } from './completions.ts'
import { doctor } from './doctor.ts'
import { emulate } from './emulate.ts'
import { explainNames } from './explain-names.ts'
import { judge } from './judge.ts'
import { replay } from './replay.ts'
import { report } from './report.ts'
import { run } from './run.ts'
import { simulate } from './simulate.ts'
import { traceConfig } from './trace-config.ts'
import { view } from './view.ts'

/** Light by rule: what takes time to load a command loads itself, after the progress file is written. */
export const commands: Readonly<Record<string, Command>> = {
  simulate,
  run,
  bridge,
  replay,
  doctor,
  emulate,
  judge,
  view,
  report,
  'explain-names': explainNames,
  'trace-config': traceConfig,
  completions: completions(() => commands),
}
