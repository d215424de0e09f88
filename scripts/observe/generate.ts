/** Writes the dashboards and alerts of samples/observe, and the tables of docs/observe.md: `node scripts/observe/generate.ts`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { grafanaRules, prometheusRules } from './alert-files.ts'
import { alerts } from './alerts.ts'
import { fleetDashboard } from './fleet-dashboard.ts'
import { grafanaJson } from './grafana.ts'
import { withTables } from './page.ts'
import { runDashboard } from './run-dashboard.ts'

const folder = 'samples/observe'
const page = 'docs/observe.md'
const dashboards = [runDashboard, fleetDashboard]

const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '')

/** As Biome writes JSON: what is short, and has no parts of its own, is a line. */
const jsonText = (json: unknown): string => {
  const text = JSON.stringify(json, null, 2).replaceAll(
    /^( *(?:"\w+": )?)\[\n([^[\]{}]*?)\n *\]/gm,
    (long, before: string, parts: string) => {
      const short = `${before}[${parts.replaceAll(/\n */g, ' ').trim()}]`
      return short.length < 110 ? short : long
    },
  )
  return `${text}\n`
}

/** What is made here, as it should be and as it is; empty where there is none. */
export const generated = () =>
  [
    ...dashboards.map((dashboard) => ({
      file: `${folder}/dashboards/${dashboard.uid}.json`,
      wanted: jsonText(grafanaJson(dashboard)),
    })),
    { file: `${folder}/alerts/prometheus-rules.yaml`, wanted: prometheusRules(alerts) },
    { file: `${folder}/alerts/grafana-alerts.yaml`, wanted: grafanaRules(alerts) },
    { file: page, wanted: withTables(read(page), dashboards, alerts) },
  ].map(({ file, wanted }) => ({ file, wanted, text: read(file) }))

if (import.meta.main) for (const { file, wanted } of generated()) writeFileSync(file, wanted)
