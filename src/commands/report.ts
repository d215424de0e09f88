import { TaskbeatError } from '../errors.ts'
import type { Command } from './command.ts'

/** `taskbeat report`: the page of runs as one file. */
export const report: Command = {
  summary: 'write a run as one page that opens from disk, to attach to a ticket',
  example: 'taskbeat report ./results -o report.html',
  groups: ['general', 'report'],
  operands: 'paths',
  statuses: `0 it is written; 64 wrong use; 70 a fault of taskbeat; 73 it cannot be written;
78 wrong configuration`,
  more: async () => `A DIR is the results directory of a run, or what emulate --keep left. Several are compared.
`,
  run: async ({ settings, operands, stdout }) => {
    if (operands.length === 0) {
      const message = 'report needs the directory of a run, as in: taskbeat report ./results -o report.html'
      throw new TaskbeatError('USAGE', message, { exitStatus: 64 })
    }
    const { reportForPeople } = await import('../view/report/report-for-people.ts')
    return reportForPeople({ directories: operands, file: settings.reportFile, stdout })
  },
}
