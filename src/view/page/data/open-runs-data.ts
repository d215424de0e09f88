import type { RunsData } from '../../api.ts'
import { bundleElementId } from '../../bundle-lines.ts'
import { base64Stream, readRuns } from './embedded-runs.ts'
import { openServerRuns } from './server-runs.ts'

/**
 * The runs to show: those that the document holds, in a report, else those of the server that it came from.
 *
 * @throws {Error} whose message is a sentence for people
 */
export const openRunsData = (): Promise<RunsData> => {
  const element = document.getElementById(bundleElementId)
  if (element) return readRuns(base64Stream(element.textContent))
  return openServerRuns({
    base: new URL('.', document.location.href).href,
    fetch: (address) => fetch(address),
    openEvents: (address) => new EventSource(address),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    readBundle: readRuns,
  })
}
