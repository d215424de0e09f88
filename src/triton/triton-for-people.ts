import type { Settings } from '../settings.ts'
import { tritonDestination } from './destination.ts'
import { tritonRemarks } from './remarks.ts'
import { tritonTraceConfig } from './trace-config.ts'

/** Python: a keyword argument to paste. JSON: the list on one line. Arguments: of `tritonserver`, one a line. */
export type Form = 'python' | 'json' | 'arguments'

/** JSON's strings are Python's too. */
const texts: Readonly<Record<Form, (settings: readonly string[]) => string>> = {
  python: (settings) =>
    `trace_config=[\n${settings.map((one) => `    ${JSON.stringify(one)},\n`).join('')}],\n`,
  json: (settings) => `${JSON.stringify(settings)}\n`,
  arguments: (settings) => settings.map((one) => `--trace-config=${one}\n`).join(''),
}

/**
 * The trace configuration of a Triton server that follows our settings, and what it cannot follow.
 *
 * @throws {TaskbeatError} `CONFIGURATION` (exit status 78) where Triton could not send to our place at all
 */
export const tritonForPeople = (
  settings: Settings,
  form: Form,
): { readonly text: string; readonly remarks: readonly string[] } => {
  const destination = tritonDestination(settings)
  const { resourceAttributes, serviceName } = settings
  const resource = {
    'service.name': 'triton-inference-server',
    ...resourceAttributes,
    ...(serviceName !== undefined && { 'service.name': serviceName }),
  }
  const reader = form === 'arguments' ? 'tritonserver' : 'pytriton'
  const config = tritonTraceConfig(
    {
      url: destination.url,
      rate: settings.tritonRate,
      resource,
      scheduleDelayMs: settings.spanDelayMs,
      queueSize: settings.spanQueueSize,
      batchSize: settings.spanBatchSize,
    },
    reader,
  )
  return {
    text: texts[form](config.settings),
    remarks: tritonRemarks(settings, destination, config.leftOut, reader),
  }
}
