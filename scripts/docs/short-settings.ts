import { settingsTable } from '../../src/settings/help.ts'
import type { Field } from '../../src/settings/table.ts'

/** The settings that most people meet first: those of README.md; all are in docs/cli.md. */
const firstSettings: readonly Field[] = [
  ...(['configFile', 'resultsDir', 'heartbeatSeconds', 'runId'] as const),
  ...(['checkpointGlobs', 'checkpointMarker', 'progressPreset', 'progressPattern'] as const),
  ...(['captureLogs', 'stallMs', 'stopGraceMs', 'numOfResults', 'delayMinutes'] as const),
  ...(['console', 'serviceName', 'otlpEndpoint', 'otlpProtocol', 'otlpHeaders'] as const),
  ...(['metricsFilePath', 'collectionIntervalMs', 'keepDir', 'faults'] as const),
]

const fieldOf = (line: string) => /^\|[^|]*\|[^|]*\| `([^`]+)`/.exec(line)?.[1]

/** The rows of the configuration table that README.md has, under the heads of their groups. */
export const shortSettingsTable = (): string => {
  const lines = settingsTable().split('\n')
  const kept = lines.filter((line) => {
    const field = fieldOf(line)
    return field === undefined || firstSettings.some((first) => first === field)
  })
  const isHead = (line: string | undefined) => line?.startsWith('| **') ?? true
  return kept.filter((line, index) => !(isHead(line) && isHead(kept[index + 1]))).join('\n')
}
