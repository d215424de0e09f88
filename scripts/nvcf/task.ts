/**
 * Makes the creation of an NVCF task out of one YAML file, in one of three forms:
 *
 *   node scripts/nvcf/task.ts samples/nvcf/task.yaml --form rest|ngc|nvcf-cli [--secrets]
 *
 * Commands refer to the secrets by environment variables. A REST body needs their values: it has them only with
 * `--secrets`, and never for a terminal. Ends with 78 if the platform would refuse the task, 64 for wrong use.
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import yaml from 'yaml'
import { codeOf } from '../../src/errors.ts'
import { checkSecretValues, checkTask } from './check-task.ts'
import { ngcCommand, nvcfCliCommand, restBody } from './forms.ts'
import { parseTaskFile, type TaskFile } from './task-file.ts'
import { withoutTokens } from './tokens.ts'

const usage = 'usage: node scripts/nvcf/task.ts TASK.yaml --form rest|ngc|nvcf-cli [--secrets]'

const forms = ['rest', 'ngc', 'nvcf-cli'] as const
type Form = (typeof forms)[number]

interface Request {
  readonly file: string
  readonly form: Form
  readonly withSecrets: boolean
}

const parseCommandLine = (args: readonly string[]): Request | undefined => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { form: { type: 'string' }, secrets: { type: 'boolean', default: false } },
      allowPositionals: true,
    })
    const [file] = positionals
    const form = forms.find((one) => one === values.form)
    if (file === undefined || positionals.length > 1 || !form) return undefined
    return { file, form, withSecrets: values.secrets }
  } catch {
    return undefined
  }
}

const readTask = (file: string): { readonly task: TaskFile } | { readonly faults: readonly string[] } => {
  try {
    return parseTaskFile(yaml.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const { message, syscall } = error as NodeJS.ErrnoException
    if (syscall) return { faults: [`it cannot be read (${codeOf(error)}), but accepted is a readable file`] }
    return { faults: [`it is no YAML: ${withoutTokens(message.split('\n')[0] ?? '')}`] }
  }
}

/** What only one of the forms cannot say. */
const checkForm = (task: TaskFile, { form }: Request): readonly string[] => {
  if (form === 'rest') return []
  const padded = (task.secrets ?? [])
    .filter(({ env }) => process.env[env] !== process.env[env]?.trim())
    .map(
      ({ name }) =>
        `secrets.${name} has white space around it, which the shell would send with it: take it away, or use --form rest`,
    )
  if (form === 'ngc') return padded
  const instead = 'make the body with --form rest --secrets and give it to --input-file'
  return [
    ...padded,
    ...(task.resultHandlingStrategy === 'UPLOAD'
      ? [
          "resultHandlingStrategy is 'UPLOAD', the default, but accepted with nvcf-cli is NONE: a platform of your own uploads no results",
        ]
      : []),
    ...(task.configuration ? [`configuration is set, for which nvcf-cli has no option: ${instead}`] : []),
    // its options for several values split them
    ...(task.secrets ?? [])
      .filter(({ env }) => /[",\r\n]/.test(process.env[env] ?? ''))
      .map(
        ({ name }) =>
          `secrets.${name} has a comma, a quote or a new line, where nvcf-cli splits it: ${instead}`,
      ),
  ]
}

/** NVIDIA describes images of `ngc` by tags alone; whether it takes a digest is not known here. */
const notesOn = (task: TaskFile, form: Form): readonly string[] => [
  ...(form === 'ngc' && task.image?.includes('@')
    ? ['image has a digest; ngc is documented for tags: should it refuse, use another form']
    : []),
  ...(task.image?.endsWith(':latest')
    ? ['image is :latest, which may be another one tomorrow: a digest stays']
    : []),
]

const write = (task: TaskFile, { form, withSecrets }: Request) => {
  if (form === 'ngc') return ngcCommand(task)
  if (form === 'nvcf-cli') return nvcfCliCommand(task)
  const value = (env: string) =>
    withSecrets ? (process.env[env] ?? '').trim() : `<the value of $${env}: --secrets>`
  return JSON.stringify(restBody(task, value), null, 2)
}

const main = (): number => {
  const tell = (line: string) => process.stderr.write(`${line}\n`)
  const request = parseCommandLine(process.argv.slice(2))
  if (!request) {
    tell(usage)
    return 64
  }
  const { file, form, withSecrets } = request
  if (withSecrets && (form !== 'rest' || process.stdout.isTTY)) {
    tell(
      '--secrets is for --form rest into a pipe or a file: secrets are neither for a terminal nor for a command line',
    )
    return 64
  }
  const read = readTask(file)
  const faults =
    'faults' in read
      ? read.faults
      : [
          ...checkTask(read.task),
          ...checkSecretValues(read.task, process.env, withSecrets),
          ...checkForm(read.task, request),
        ]
  if ('faults' in read || faults.length > 0) {
    for (const fault of faults) tell(`${file}: ${fault}`)
    return 78
  }
  for (const note of notesOn(read.task, form)) tell(`${file}: note: ${note}`)
  process.stdout.write(`${write(read.task, request)}\n`)
  return 0
}

process.exitCode = main()
