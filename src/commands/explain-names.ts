import { TaskbeatError } from '../errors.ts'
import type { Command } from './command.ts'

/** `taskbeat explain-names`: what our metrics are called in Prometheus, behind a Collector's configuration. */
export const explainNames: Command = {
  summary: 'say what metrics are called in Prometheus, behind your Collector',
  example: 'taskbeat explain-names --collector otel-collector.yaml',
  groups: ['general', 'naming'],
  statuses: `0 the names are printed; 64 wrong use; 70 a fault of taskbeat;
78 wrong configuration: of taskbeat, of the Collector, or a mapping`,
  run: async ({ settings, environment, stdout }) => {
    const { collectorFile: file } = settings
    if (file === undefined) {
      const message =
        "name the Collector's configuration with --collector FILE, as in --collector otel-collector.yaml"
      throw new TaskbeatError('USAGE', message, { exitStatus: 64 })
    }
    const { explainNamesForPeople } = await import('../naming/explain-names-for-people.ts')
    stdout().write(await explainNamesForPeople({ file, settings, environment }))
    return 0
  },
}
