import type { Command } from './commands/command.ts'
import { optionsHelp } from './settings/help.ts'

const taskStatuses = `0 ended well; the workload's own; 128+n ended by signal n; 64 wrong use; 70 a fault of taskbeat;
73 results cannot be written; 78 wrong configuration`

/** `taskbeat COMMAND --help`. */
export const commandHelp = async (name: string, command: Command): Promise<string> => {
  const { summary, example, groups, statuses = taskStatuses, more } = command
  return `Example:
  ${example}

taskbeat ${name}: ${summary}

${optionsHelp(groups)}
${more ? `${await more()}\n` : ''}Flags beat environment variables, those beat taskbeat.yaml (or --config FILE), that beats the defaults.

Exit status:
  ${statuses.replaceAll('\n', '\n  ')}
`
}

/** `taskbeat --help`. */
export const generalHelp = (commands: Readonly<Record<string, Command>>): string => {
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(13)} ${summary}`)
  return `Example:
  ${Object.values(commands)[0]?.example}

taskbeat gives any training command a heartbeat: progress for NVCF tasks, telemetry for your backend.

Commands:
${lines.join('\n')}

taskbeat COMMAND --help tells a command's options; taskbeat --version the version.
`
}
