import { TaskbeatError } from '../errors.ts'
import type { Command } from './command.ts'

const usage = (message: string) => new TaskbeatError('USAGE', message, { exitStatus: 64 })

/** `taskbeat trace-config triton`: how Triton traces to where we do. */
export const traceConfig: Command = {
  summary: 'print how a Triton server traces to where we do',
  example: 'taskbeat trace-config triton --endpoint http://collector:4318 --protocol http',
  groups: ['general', 'trace-config', 'telemetry'],
  operands: 'paths',
  statuses: `0 the configuration is printed; 64 wrong use; 70 a fault of taskbeat;
78 wrong configuration, or one that Triton cannot follow`,
  more: async () => `The list is for PyTriton's TritonConfig(trace_config=...). The service is that of
--service-name (OTEL_SERVICE_NAME), else of OTEL_RESOURCE_ATTRIBUTES, else triton-inference-server. Other attributes are those
of OTEL_RESOURCE_ATTRIBUTES, where taskbeat run puts the keys of the run, and the task's name as service, if it has one.
`,
  run: async ({ settings, operands, stdout, stderr }) => {
    const [program, ...others] = operands
    if (program !== 'triton' || others.length > 0)
      throw usage(`name one program to configure, as in taskbeat trace-config triton; known is triton`)
    const { tritonJson: asJson, tritonArguments: asArguments } = settings
    if (asJson && asArguments) throw usage('--json and --arguments are two forms: name one of them')
    const { tritonForPeople } = await import('../triton/triton-for-people.ts')
    const form = asArguments ? 'arguments' : asJson ? 'json' : 'python'
    const { text, remarks } = tritonForPeople(settings, form)
    for (const remark of remarks) stderr().write(`taskbeat: ${remark}\n`)
    stdout().write(text)
    return 0
  },
}
