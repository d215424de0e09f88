/** `docs/cli.md`: what a manual page would say, from the commands and the settings table. */
import type { Command } from '../../src/commands/command.ts'
import { commands } from '../../src/commands/table.ts'
import { commandHelp } from '../../src/help.ts'
import { settingsTable } from '../../src/settings/help.ts'
import { rowsOf } from '../../src/settings/resolve.ts'

const pageWidth = 120

const operandText = {
  none: '',
  paths: ' [PATH…]',
  command: ' -- COMMAND…',
} as const

/** A command that only takes some words says so in its example. */
const synopsis = (name: string, { operands = 'none', groups, example }: Command) =>
  groups.length === 0 ? example : `taskbeat ${name} [OPTION…]${operandText[operands]}`

/** Variables that a command reads and that no flag stands for. */
const variablesOf = ({ groups }: Command) =>
  rowsOf(groups).flatMap(([, { env, flag }]) => (env !== undefined && flag === undefined ? [env] : []))

/** The three variables of a signal's setting as one, where there are three. */
const foldSignals = (names: readonly string[]) => {
  const folded = names.map((name) => {
    const general = name.replace(/_(TRACES|METRICS|LOGS)_/, '_<SIGNAL>_')
    const all = ['TRACES', 'METRICS', 'LOGS'].map((signal) => general.replace('<SIGNAL>', signal))
    return all.every((one) => names.includes(one)) ? general : name
  })
  return [...new Set(folded)]
}

/** The words with line breaks between, where a line would be longer than a page is wide. */
const wrapped = (words: readonly string[]) =>
  words
    .reduce(
      ({ text, width }, word) => {
        const fits = width + 1 + word.length <= pageWidth
        return {
          text: `${text}${fits ? ' ' : '\n'}${word}`,
          width: fits ? width + 1 + word.length : word.length,
        }
      },
      { text: '', width: 0 },
    )
    .text.trimStart()

const variablesText = (command: Command) => {
  const names = foldSignals(variablesOf(command))
  if (names.length === 0) return ''
  const intro = 'What has no flag comes from the environment or the file:'.split(' ')
  const list = names.map((name, index) => `\`${name}\`${index < names.length - 1 ? ',' : '.'}`)
  return `\n${wrapped([...intro, ...list])}\n`
}

const section = async (name: string, command: Command) => `## taskbeat ${name}

\`\`\`text
${(await commandHelp(name, command)).trimEnd()}
\`\`\`
${variablesText(command)}`

/** The page, whole. */
export const cliPage = async (): Promise<string> => {
  const named = Object.entries(commands)
  const sections = await Promise.all(named.map(([name, command]) => section(name, command)))
  return `<!-- made by npm run readme -->
# The command line

taskbeat gives any training command a heartbeat: progress for NVCF tasks, telemetry for your backend.

\`\`\`text
${named.map(([name, command]) => synopsis(name, command)).join('\n')}
taskbeat COMMAND --help
taskbeat --version
\`\`\`

| command | what it does |
|---|---|
${named.map(([name, { summary }]) => `| [\`${name}\`](#taskbeat-${name}) | ${summary} |`).join('\n')}

${sections.join('\n')}
## Settings

Flags beat environment variables, those beat \`taskbeat.yaml\` in the working directory (or \`--config FILE\`), that beats
the defaults. Blank values count as unset. A wrong value ends the program before anything trains, with its name, its value
and what is accepted. \`<signal>\` is \`traces\`, \`metrics\` or \`logs\`. A variable without a flag comes from the platform, holds
secrets, or is not for a command line.

${settingsTable()}
`
}
