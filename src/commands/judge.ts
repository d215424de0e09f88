import { openScreen } from '../terminal/screen.ts'
import type { Command } from './command.ts'

/** `taskbeat judge`: what the platform's worker would say of recorded progress documents. */
export const judge: Command = {
  summary: 'say what the platform would have said of recorded progress files',
  example: 'taskbeat judge recorded/ --mode poll',
  groups: ['general', 'worker'],
  operands: 'paths',
  run: async ({ settings, operands, stop, stdin, stdout, stderr }) => {
    const { judgeOperands } = await import('../emulator/judge/session.ts')
    return judgeOperands({
      operands,
      strategy: settings.resultHandling === 'upload' ? 'UPLOAD' : 'NONE',
      mode: settings.watchMode,
      taskId: settings.emulatedTaskId,
      stop,
      stdin,
      stdout,
      screen: openScreen(stderr),
    })
  },
}
