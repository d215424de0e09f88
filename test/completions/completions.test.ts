import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/commands/table.ts'
import { acceptedWords, completedFlags } from '../../src/completions/model.ts'
import { completionScripts } from '../../src/completions/scripts.ts'
import { table } from '../../src/settings/table.ts'
import { runCli, temporaryDirectory } from '../support/run-cli.ts'

const known = Object.entries(commands).map(([name, { summary, groups, operands = 'none' }]) => ({
  ...{ name, summary, groups, operands },
}))
const { stdout: bashScript } = await runCli(['completions', 'bash'])
const hasShell = (shell: string) => spawnSync(shell, ['--version']).status === 0

/** What bash offers where the cursor is at the end of the words; empty where it offers file names. */
const offered = (...words: readonly string[]) => {
  const ask = `${bashScript}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_taskbeat
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', ask, 'bash', 'taskbeat', ...words], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.split('\n').filter(Boolean)
}

describe('what is known of the flags', () => {
  it.each([
    { field: 'results', words: ['upload', 'none'] },
    { field: 'otlpProtocol', words: ['grpc', 'http', 'http/protobuf'] },
    { field: 'logLevel', words: ['debug', 'info', 'warn', 'error'] },
    { field: 'progressPreset', words: ['tqdm', 'hf', 'lightning', 'nemo', 'torchtune'] },
    { field: 'tracesExporter', words: [] },
    { field: 'names', words: [] },
    { field: 'heartbeatSeconds', words: [] },
    { field: 'stallMs', words: [] },
    { field: 'serviceName', words: [] },
    { field: 'resultsDir', words: [] },
  ] as const)('$field takes the words $words', ({ field, words }) => {
    expect(acceptedWords(table[field].kind)).toEqual(words)
  })

  it('a path is a file, a switch takes nothing and has a no-', () => {
    const flags = completedFlags(['emulator'])
    expect(flags).toContainEqual(expect.objectContaining({ flag: '--junit', value: { kind: 'file' } }))
    for (const flag of ['--json', '--no-json']) {
      expect(flags).toContainEqual(expect.objectContaining({ flag, value: { kind: 'nothing' } }))
    }
  })
})

describe('bash', () => {
  it.each([
    { words: ['rep'], wanted: ['replay', 'report'] },
    { words: [''], wanted: [...Object.keys(commands), '--help', '--version'] },
    { words: ['run', '--progress-p'], wanted: ['--progress-preset', '--progress-pattern'] },
    { words: ['run', '--no-l'], wanted: ['--no-logs'] },
    { words: ['run', '--num-of'], wanted: [] },
    { words: ['run', '--results', ''], wanted: ['upload', 'none'] },
    { words: ['run', '--results', 'u'], wanted: ['upload'] },
    { words: ['run', '--results', '='], wanted: ['upload', 'none'] },
    { words: ['run', '--results', '=', 'n'], wanted: ['none'] },
    { words: ['run', '--heartbeat', ''], wanted: [] },
    { words: ['report', '-o', ''], wanted: [] },
    { words: ['completions', 'z'], wanted: ['zsh'] },
    { words: ['run', '--', 'bas'], wanted: ['bash'] },
    { words: ['run', '--', 'bash', '--res'], wanted: [] },
  ])('offers for $words: $wanted', ({ words, wanted }) => {
    const offers = offered(...words)
    // of programs there may be more here than anybody knows
    if (words[1] === '--' && wanted.length > 0) expect(offers).toEqual(expect.arrayContaining(wanted))
    else expect(offers).toEqual(wanted)
  })

  it('offers every flag of every command', () => {
    for (const { name, groups } of known) {
      const flags = completedFlags(groups).map(({ flag }) => flag)
      expect(offered(name, '-').filter((flag) => flag !== '--')).toEqual(flags)
    }
  }, 30_000)

  it('completes file names by itself where the script offers nothing', async () => {
    const ask = `${bashScript}\ncomplete -p taskbeat`
    const { stdout } = spawnSync('bash', ['-c', ask], { encoding: 'utf8' })
    expect(stdout).toBe('complete -o default -F _taskbeat taskbeat\n')
  })
})

describe.each(['bash', 'zsh', 'fish'])('for %s', (shell) => {
  it('the command prints the script, with every command and flag', async () => {
    const { status, stdout, stderr } = await runCli(['completions', shell])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const { name, groups } of known) {
      expect(stdout).toContain(name)
      for (const { flag } of completedFlags(groups)) {
        const fish = flag.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s ')
        expect(stdout).toContain(shell === 'fish' ? `${fish} ` : flag)
      }
    }
  })

  it.skipIf(!hasShell(shell))('the shell itself finds no fault in the script (needs the shell)', async () => {
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'script')
    writeFileSync(file, completionScripts[shell]?.(known) ?? '')
    const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('its quotes are closed and nothing of a description is left to the shell', () => {
    const script = completionScripts[shell]?.([
      { name: 'run', summary: "it's `$(touch gone)` [a]: b\\", groups: ['supervision'], operands: 'command' },
    ])
    const withoutQuoted = script?.replace(
      shell === 'fish' ? /'(\\.|[^'\\])*'/g : /'[^']*'(\\'+'[^']*')*/g,
      '',
    )
    if (shell !== 'bash') expect(script).toContain('touch gone')
    expect(withoutQuoted).not.toContain('touch gone')
  })
})

it.each([{ args: [] }, { args: ['powershell'] }, { args: ['bash', 'zsh'] }])(
  'completions $args: is told what to name',
  async ({ args }) => {
    const { status, stdout, stderr } = await runCli(['completions', ...args])
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
    expect(stderr).toBe(
      'taskbeat: completions needs the name of one shell, bash, zsh or fish, as in: taskbeat completions bash\n',
    )
  },
)
