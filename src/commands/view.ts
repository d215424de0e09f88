import { TaskbeatError } from '../errors.ts'
import type { Command } from './command.ts'

/** `taskbeat view`: a page on this machine that shows runs. */
export const view: Command = {
  summary: 'look at a run on a page of this machine, while it lasts and afterwards',
  example: 'taskbeat view ./results',
  groups: ['general', 'view'],
  operands: 'paths',
  statuses: `128+n ended by signal n, as 130 by Ctrl+C; 64 wrong use; 70 a fault of taskbeat;
78 wrong configuration`,
  more: async () => `A DIR is the results directory of a run, or what emulate --keep left. Several are compared.
The page's address is printed; only who knows it, on this machine, can look.
`,
  run: async ({ settings, operands, stop, stdout }) => {
    if (operands.length === 0) {
      const message = 'view needs the directory of a run, as in: taskbeat view ./results'
      throw new TaskbeatError('USAGE', message, { exitStatus: 64 })
    }
    const { viewForPeople } = await import('../view/server/view-for-people.ts')
    return viewForPeople({ directories: operands, port: settings.uiPort, stop, stdout })
  },
}
