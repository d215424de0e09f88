import { TaskbeatError } from '../errors.ts'
import type { Command } from './command.ts'

const shells = ['bash', 'zsh', 'fish']

/** `taskbeat completions`: a script with which a shell completes our commands and flags. */
export const completions = (commands: () => Readonly<Record<string, Command>>): Command => ({
  summary: 'print a script that teaches bash, zsh or fish to complete all this',
  example: 'taskbeat completions bash',
  groups: [],
  operands: 'paths',
  statuses: '0 it is printed; 64 wrong use; 70 a fault of taskbeat',
  more: async () => `Once for each shell:
  bash   echo 'source <(taskbeat completions bash)' >> ~/.bashrc
  zsh    taskbeat completions zsh > "\${fpath[1]}/_taskbeat"
  fish   taskbeat completions fish > ~/.config/fish/completions/taskbeat.fish
`,
  run: async ({ operands: [shell = '', ...rest], stdout }) => {
    if (!shells.includes(shell) || rest.length > 0) {
      const message =
        'completions needs the name of one shell, bash, zsh or fish, as in: taskbeat completions bash'
      throw new TaskbeatError('USAGE', message, { exitStatus: 64 })
    }
    const { completionScripts } = await import('../completions/scripts.ts')
    const known = Object.entries(commands()).map(([name, { summary, groups, operands = 'none' }]) => ({
      ...{ name, summary, groups },
      operands: name === 'completions' ? shells : operands,
    }))
    stdout().write(completionScripts[shell]?.(known) ?? '')
    return 0
  },
})
