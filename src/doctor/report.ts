import type { ListedSetting } from '../settings/listed-settings.ts'
import type { Canary, Facts, Surroundings } from './facts.ts'
import type { Finding } from './findings/catalogue.ts'
import { findAll } from './findings/find-all.ts'

/** What `taskbeat doctor` has to say; `--json` prints it as it is. */
export interface Report {
  readonly version: string
  readonly environment: Surroundings
  readonly machine: Facts['machine'] & { readonly gpus: readonly string[] }
  readonly settings: readonly ListedSetting[]
  /** How many settings are at their defaults, and not listed. */
  readonly defaults: number
  readonly canaries: readonly Canary[]
  readonly findings: readonly Finding[]
}

export interface ReportOptions {
  readonly facts: Facts
  readonly settings: readonly ListedSetting[]
  readonly listsDefaults: boolean
  readonly version: string
  /** Hides what must not be seen, in what others have said. */
  readonly redact: (text: string) => string
}

const gpusOf = ({ gpu }: Facts): readonly string[] =>
  gpu.kind === 'driver' && gpu.sample
    ? gpu.sample.devices.map(({ index, model = 'GPU', driver }) =>
        [`${index}: ${model}`, ...(driver === undefined ? [] : [`driver ${driver}`])].join(', '),
      )
    : []

/** Draws conclusions, and leaves out what is not to be shown. */
export const makeReport = ({ facts, settings, listsDefaults, version, redact }: ReportOptions): Report => {
  const listed = settings.filter(({ from }) => listsDefaults || from !== undefined)
  return {
    version,
    environment: facts.surroundings,
    machine: { ...facts.machine, gpus: gpusOf(facts) },
    settings: listed,
    defaults: settings.length - listed.length,
    canaries: facts.canaries.map((canary) => ({ ...canary, reason: redact(canary.reason) })),
    findings: findAll(facts).map((finding) => ({ ...finding, seen: redact(finding.seen) })),
  }
}

/** 0 without errors; warnings and notes do not count. */
export const statusOf = ({ findings }: Report): number =>
  findings.some(({ severity }) => severity === 'error') ? 1 : 0
