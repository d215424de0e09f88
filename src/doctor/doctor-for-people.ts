import type { Clock } from '../clock.ts'
import { listSettings } from '../settings/listed-settings.ts'
import type { Group, Origins, Problem, Settings } from '../settings.ts'
import { createRedactor } from '../workload/output/redact.ts'
import type { Environment } from './facts.ts'
import { gatherConfiguration } from './gather/configuration.ts'
import { gatherFacts, type Limits } from './gather/gather-facts.ts'
import { makeReport, statusOf } from './report.ts'
import { reportText } from './report-text.ts'

export interface CheckUp {
  readonly settings: Settings
  readonly origins: Origins
  /** What is wrong in the environment and the file. */
  readonly problems: readonly Problem[]
  /** The groups of settings that are listed. */
  readonly groups: readonly Group[]
  /** The command after `--`, if there is one. */
  readonly operands: readonly string[]
  readonly environment: Environment
  readonly version: string
  readonly clock: Clock
  readonly limits?: Limits
}

/** Looks at a configuration and its surroundings, and says what it found: the text, and the exit status. */
export const doctorForPeople = async (
  checkUp: CheckUp,
): Promise<{ readonly text: string; readonly status: number }> => {
  const { settings, origins, problems, groups, operands, environment, version, clock, limits } = checkUp
  const configuration = gatherConfiguration({ settings, origins, problems, environment })
  const redact = createRedactor(environment)
  const facts = await gatherFacts({ configuration, operands, version, clock, ...(limits && { limits }) })
  const report = makeReport({
    ...{ facts, version, redact, listsDefaults: settings.listsDefaults },
    settings: listSettings({ settings, origins, groups, redact }),
  })
  const text = settings.reportAsJson ? `${JSON.stringify(report, undefined, 2)}\n` : reportText(report)
  return { text, status: statusOf(report) }
}
