import { systemClock } from '../clock.ts'
import { selectDestinations } from '../telemetry/signals.ts'
import { openScreen } from '../terminal/screen.ts'
import type { Command } from './command.ts'

/** `taskbeat bridge`: the metrics of a job that writes them to a file, as OTLP. */
export const bridge: Command = {
  summary: 'send the metrics of a JSON file that a job rewrites',
  example: 'taskbeat bridge --metrics-file ./metrics/current.json --endpoint http://collector:4317',
  groups: ['general', 'bridge', 'telemetry', 'platform'],
  statuses: `0 it was asked to end, or the job has ended (--until-done); 64 wrong use; 70 a fault of taskbeat;
78 wrong configuration`,
  run: async ({ settings, stop, atFault, environment, version, stderr }) => {
    const { metrics } = selectDestinations(settings)
    const { runBridge } = await import('../bridge/run-bridge.ts')
    return runBridge({
      ...{ settings, stop, atFault, environment },
      destinations: { traces: [], metrics, logs: [] },
      version: version(),
      screen: openScreen(stderr),
      clock: systemClock,
    })
  },
}
