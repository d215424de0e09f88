import { type CompletedCommand, type CompletedFlag, completedFlags, type FlagValue } from './model.ts'

const quoted = (text: string) => `'${text.replace(/[\\']/g, '\\$&')}'`

const taken = (value: FlagValue) => {
  if (value.kind === 'nothing') return ''
  if (value.kind === 'file') return ' -r -F'
  return value.kind === 'words' ? ` -x -a ${quoted(value.words.join(' '))}` : ' -x'
}

const commandLines = ({ name, groups, operands }: CompletedCommand) => {
  const condition = `complete -c taskbeat -n '__fish_seen_subcommand_from ${name}; and not contains -- -- (commandline -opc)'`
  const flagLine = ({ flag, doc, value }: CompletedFlag) => {
    const name = flag.startsWith('--') ? `-l ${flag.slice('--'.length)}` : `-s ${flag.slice('-'.length)}`
    return `${condition} ${name}${taken(value)} -d ${quoted(doc)}`
  }
  const words = {
    none: [],
    paths: [`${condition} -F`],
    command: [
      `complete -c taskbeat -n '__fish_seen_subcommand_from ${name}; and contains -- -- (commandline -opc)' -F -a '(__fish_complete_command)'`,
    ],
  }
  return [
    ...completedFlags(groups).map(flagLine),
    ...(typeof operands === 'string' ? words[operands] : [`${condition} -a ${quoted(operands.join(' '))}`]),
  ]
}

/**
 * Completion for fish, 3.0 and later: a file `taskbeat.fish` in `~/.config/fish/completions`.
 *
 * @see https://fishshell.com/docs/current/completions.html
 */
export const fishCompletion = (commands: readonly CompletedCommand[]): string =>
  `${[
    '# taskbeat completions fish',
    'complete -c taskbeat -f',
    "complete -c taskbeat -n __fish_use_subcommand -l help -d 'commands'",
    "complete -c taskbeat -n __fish_use_subcommand -l version -d 'the version'",
    ...commands.map(
      ({ name, summary }) => `complete -c taskbeat -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(commandLines),
  ].join('\n')}\n`
