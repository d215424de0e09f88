import { systemClock } from '../clock.ts'
import { giveUpRoot } from '../give-up-root.ts'
import type { Group } from '../settings.ts'
import type { Command } from './command.ts'

/** What `run` reads; and how its check-up is made, which is no part of the report. */
const looked: readonly Group[] = ['general', 'progress', 'supervision', 'telemetry', 'machine', 'platform']

/** `taskbeat doctor`: what is wrong with a configuration, before a task finds out. */
export const doctor: Command = {
  summary: 'say how a run is configured, what is wrong with that, and whether telemetry arrives',
  example: 'taskbeat doctor --endpoint http://collector:4317 -- python train.py',
  groups: ['general', 'doctor', ...looked.slice(1)],
  operands: 'command',
  diagnoses: true,
  statuses: `0 no error was found; 1 one was; 64 wrong use; 70 a fault of taskbeat;
78 the configuration file cannot be read`,
  more: async () => `The command after -- is looked up, and not started.
`,
  run: async ({ settings, diagnosis, operands, environment, version, stdout }) => {
    const { origins = new Map(), problems = [] } = diagnosis ?? {}
    const { resultsDir, dropRoot } = settings
    // what root can write says nothing of who `run` becomes
    if (dropRoot) giveUpRoot(resultsDir)
    const { doctorForPeople } = await import('../doctor/doctor-for-people.ts')
    const { text, status } = await doctorForPeople({
      ...{ settings, origins, problems, operands, environment, groups: looked },
      version: version(),
      clock: systemClock,
    })
    stdout().write(text)
    return status
  },
}
