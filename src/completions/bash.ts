import { type CompletedCommand, completedFlags } from './model.ts'

/** The arms of a `case` over a command and the flag before the cursor: what the flag takes. */
const valueArms = ({ name, groups }: CompletedCommand) =>
  completedFlags(groups).flatMap(({ flag, value }) => {
    if (value.kind === 'nothing') return []
    if (value.kind === 'file') return [`    '${name} ${flag}') return ;;`]
    const words = value.kind === 'words' ? value.words : []
    return [`    '${name} ${flag}') _taskbeat_words '${words.join(' ')}'; return ;;`]
  })

/** The arm of a `case` over the command: its flags, and the words that it takes. */
const commandArm = ({ name, groups, operands }: CompletedCommand) => {
  const flags = completedFlags(groups).map(({ flag }) => flag)
  const end = operands === 'command' ? ['--'] : []
  const words = typeof operands === 'string' ? '' : operands.join(' ')
  return `    ${name}) flags='${[...flags, ...end].join(' ')}' operands='${operands === 'paths' ? 'files' : words}' ;;`
}

/**
 * Completion for bash, 3.2 and later, with or without the package bash-completion.
 *
 * File names are left to readline (`-o default`), which quotes them as they need it; where they would be wrong,
 * `compopt`, which bash has from 4.0 on, takes that back.
 *
 * @see https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
 */
export const bashCompletion = (commands: readonly CompletedCommand[]): string => `# taskbeat completions bash
_taskbeat_words() {
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$1" -- "$current"))
}

_taskbeat() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local flags='' operands='' index
  COMPREPLY=()
  # bash takes --flag=value for three words
  if [ "$current" = = ]; then
    current=
  elif [ "$previous" = = ]; then
    previous=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    _taskbeat_words '${[...commands.map(({ name }) => name), '--help', '--version'].join(' ')}'
    return
  fi
  for ((index = 2; index < COMP_CWORD; index++)); do
    [ "\${COMP_WORDS[index]}" = -- ] || continue
    if declare -F _command_offset >/dev/null; then
      _command_offset $((index + 1))
    elif [ $((index + 1)) -eq "$COMP_CWORD" ]; then
      COMPREPLY=($(compgen -c -- "$current"))
    fi
    return
  done
  case "$command $previous" in
${commands.flatMap(valueArms).join('\n')}
  esac
  case $command in
${commands.map(commandArm).join('\n')}
  esac
  case $current in
    -*) _taskbeat_words "$flags" ;;
    *) [ "$operands" = files ] || _taskbeat_words "$operands" ;;
  esac
}

complete -o default -F _taskbeat taskbeat
`
