import { TaskbeatError } from '../errors.ts'
import type { Command } from './command.ts'
import { shownSettingsOf } from './shown-settings.ts'

/** What it reads, in the order of its help. */
const groups = ['general', 'worker', 'emulator', 'ui', 'logbook'] as const

/** `taskbeat emulate`: the platform on this machine, around any command. */
export const emulate: Command = {
  summary: 'play the platform around a command, and say what it would have said',
  example: 'taskbeat emulate -- taskbeat simulate --delay 0.1',
  groups,
  operands: 'command',
  statuses: `0 COMPLETED, and no finding but notes and allowed ones; 1 anything else that the platform would have said;
128+n ended by signal n; 64 wrong use; 70 a fault of taskbeat; 73 the report cannot be written;
78 wrong configuration`,
  more: async () => (await import('../emulator/faults/help.ts')).faultsHelp,
  run: async (context) => {
    if (context.operands.length === 0 && context.settings.image === undefined) {
      throw new TaskbeatError(
        'USAGE',
        'nothing to run: name a command after --, or a container with --image',
        {
          exitStatus: 64,
        },
      )
    }
    const shown = { ...context, shownSettings: shownSettingsOf({ ...context, groups }) }
    if (context.settings.ui) {
      const { emulateWithPage } = await import('./emulate-with-page.ts')
      return emulateWithPage(shown)
    }
    const { emulateForPeople } = await import('../emulator/emulate-for-people.ts')
    return emulateForPeople(shown)
  },
}
