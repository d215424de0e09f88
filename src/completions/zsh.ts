import { type CompletedCommand, type CompletedFlag, completedFlags, type FlagValue } from './model.ts'

/** Within single quotes. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

/** A text in the specification of an option, where brackets and colons mean something. */
const explained = (text: string) => text.replace(/[[\]:\\]/g, '\\$&')

const action = (value: FlagValue) => {
  if (value.kind === 'nothing') return ''
  if (value.kind === 'file') return ':file:_files'
  return value.kind === 'words' ? `:value:(${value.words.join(' ')})` : ':value: '
}

/** How a flag is joined to its value: `--flag=value`, `-fvalue`. */
const joint = ({ flag, value }: CompletedFlag) => {
  if (value.kind === 'nothing') return ''
  return flag.startsWith('--') ? '=' : '+'
}

const flagSpec = (one: CompletedFlag) =>
  quoted(`*${one.flag}${joint(one)}[${explained(one.doc)}]${action(one.value)}`)

const operandSpec = (operands: CompletedCommand['operands']) => {
  if (operands === 'paths') return [quoted('*:path:_files')]
  if (operands === 'none' || operands === 'command') return []
  return [quoted(`:what:(${operands.join(' ')})`)]
}

const commandArm = ({ name, groups, operands }: CompletedCommand) => `      ${name})
        _arguments \\
          ${[...completedFlags(groups).map(flagSpec), ...operandSpec(operands)].join(' \\\n          ')}
        ;;`

/**
 * Completion for zsh: a file `_taskbeat` for a directory of `fpath`, or to be sourced after `compinit`.
 *
 * @see https://zsh.sourceforge.io/Doc/Release/Completion-System.html `_arguments`
 */
export const zshCompletion = (commands: readonly CompletedCommand[]): string => `#compdef taskbeat
# taskbeat completions zsh
_taskbeat() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands
  commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`).join('\n')}
  )
  _arguments -C '(- *)--help[commands]' '(- *)--version[the version]' '1: :->command' '*:: :->arguments'
  case $state in
  command)
    _describe command commands
    ;;
  arguments)
    local -i end=$words[(i)--]
    if ((end < CURRENT)); then
      shift end words
      ((CURRENT -= end))
      _normal
      return
    fi
    case $words[1] in
${commands.map(commandArm).join('\n')}
    esac
    ;;
  esac
}

if [ "$funcstack[1]" = _taskbeat ]; then
  _taskbeat "$@"
else
  compdef _taskbeat taskbeat
fi
`
