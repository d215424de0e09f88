import { faultGrammar, faultKinds } from './grammar.ts'

const shapes = { span: '[@FROM[-TO]]', moment: '@AT', always: '' } as const
const values = {
  none: '',
  duration: '=TIME',
  'optional duration': '[=TIME]',
  bytes: '=BYTES',
  count: '=N',
} as const

const lines = Object.entries(faultKinds).map(
  ([name, { value, time, doc }]) => `  ${`${name}${values[value]}${shapes[time]}`.padEnd(36)} ${doc}`,
)

/** The faults, for `taskbeat emulate --help`. */
export const faultsHelp = `Faults (--fault ${faultGrammar}; times such as 10s count from the start
of the task; every and signal choose requests, so never, late, down, cancel, oom and worker-restart take neither):
${lines.join('\n')}
`
