/** What docs/observe.md says of panels and alerts. */
import type { Alert } from './alerts.ts'
import type { Dashboard } from './dashboard.ts'

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

const panelsTable = ({ title, sections }: Dashboard): string =>
  [
    `### ${title}`,
    '',
    row(['panel', 'what it says']),
    row(['---', '---']),
    ...sections.flatMap((section) => [
      row([`**${section.title}**`, '']),
      ...section.panels.map((panel) => row([panel.title, panel.description])),
    ]),
  ].join('\n')

/** Who it is, and how much, only an alert that fires can say. */
const anyone = (summary: string) => summary.replaceAll(/\{\{.*?\}\}( \(\{\{.*?\}\}\))?/g, '…')

const alertsTable = (alerts: readonly Alert[]): string =>
  [
    row(['alert', 'severity', 'after', 'says', 'what to do']),
    row(['---', '---', '---', '---', '---']),
    ...alerts.map(({ name, severity, for: after, summary, remedy }) =>
      row([`\`${name}\``, severity, after === '0m' ? 'at once' : after, anyone(summary(() => '…')), remedy]),
    ),
  ].join('\n')

const between = (page: string, name: string, text: string): string => {
  const [begin, end] = [`<!-- ${name}: made by scripts/observe/generate.ts -->`, `<!-- end of ${name} -->`]
  const [before, rest] = page.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`'${begin}' or '${end}' is missing`)
  return `${before}${begin}\n${text}\n${end}${after}`
}

/** The page, with its tables as they should be. */
export const withTables = (
  page: string,
  dashboards: readonly Dashboard[],
  alerts: readonly Alert[],
): string =>
  between(between(page, 'panels', dashboards.map(panelsTable).join('\n\n')), 'alerts', alertsTable(alerts))
