import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseAllDocuments } from 'yaml'
import type { Block } from './markdown.ts'
import { looseJson, planOf, typescript } from './plan.ts'

/** What is wrong with a text, in words; empty if nothing is. */
type Fault = string

const faultOf = (parse: () => unknown): Fault => {
  try {
    parse()
    return ''
  } catch (error) {
    return String(error)
  }
}

const checkWith = (program: string, args: readonly string[], input: string): Fault => {
  const { status, stderr, error } = spawnSync(program, [...args], { input, encoding: 'utf8' })
  return status === 0 ? '' : `${error ?? stderr}`
}

/** The commands of a block that shows what is typed and what comes of it. */
export const typedIn = ({
  text,
}: Block): readonly { readonly command: string; readonly output: readonly string[] }[] => {
  const typed: { command: string; output: string[] }[] = []
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('$ ')) typed.push({ command: line.slice(2), output: [] })
    else if (typed.at(-1)?.command.endsWith('\\'))
      typed.splice(-1, 1, { command: `${typed.at(-1)?.command}\n${line}`, output: [] })
    else typed.at(-1)?.output.push(line)
  }
  return typed
}

export const shellSyntax = (shell: string, script: string): Fault => checkWith(shell, ['-n'], script)

/** One document, or one a line. */
export const jsonFault = (block: Block): Fault => {
  const text = planOf(looseJson, block) ? block.text.replace(/:\s*NaN\b/g, ': null') : block.text
  const whole = faultOf(() => JSON.parse(text))
  return (
    whole &&
    faultOf(() =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
  )
}

export const yamlFault = ({ text }: Block): Fault =>
  parseAllDocuments(text)
    .flatMap(({ errors }) => errors.map(String))
    .join('\n')

export const pythonFault = ({ text }: Block): Fault =>
  checkWith('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text)

const instructions =
  /^(FROM|RUN|CMD|LABEL|EXPOSE|ENV|ADD|COPY|ENTRYPOINT|VOLUME|USER|WORKDIR|ARG|ONBUILD|STOPSIGNAL|HEALTHCHECK|SHELL)\s+\S/i

/** Instructions that there are, and lists in them that are JSON. */
export const dockerfileFault = ({ text }: Block): Fault => {
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n')
  const wrong = lines.filter((line) => {
    if (line.trim() === '' || line.startsWith('#')) return false
    const [, list] = /^(?:CMD|ENTRYPOINT)\s+(\[.*)$/i.exec(line) ?? []
    return !instructions.test(line) || (list !== undefined && faultOf(() => JSON.parse(list)) !== '')
  })
  return wrong.map((line) => `not an instruction: ${line}`).join('\n')
}

const compilerOptions = {
  ...JSON.parse(readFileSync('tsconfig.json', 'utf8')).compilerOptions,
  ...{ noUnusedLocals: false, noUnusedParameters: false },
  paths: { taskbeat: [resolve('src/index.ts')], 'taskbeat/*': [resolve('src/*/index.ts')] },
}

/** What the compiler says of all blocks of TypeScript, by block: one program, as it has to read all of ours for each. */
export const typescriptFaults = (blocks: readonly Block[]): ReadonlyMap<Block, Fault> => {
  const directory = mkdtempSync(join(tmpdir(), 'taskbeat-docs-ts-'))
  try {
    symlinkSync(resolve('node_modules'), join(directory, 'node_modules'))
    writeFileSync(join(directory, 'package.json'), '{"type": "module"}')
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const files = blocks.map((block, index) => {
      const { given = '', within = '…' } = planOf(typescript, block) ?? {}
      const file = `block-${index}.ts`
      writeFileSync(join(directory, file), `${given}\n${within.replace('…', () => block.text)}\nexport {}\n`)
      return { block, file }
    })
    const { stdout, stderr } = spawnSync('tsc', ['-p', directory, '--pretty', 'false'], { encoding: 'utf8' })
    const lines = `${stdout}${stderr}`.split('\n').filter(Boolean)
    const isOf = (line: string, file: string) => line.includes(`${file}(`)
    const ofNone = lines.filter(
      (line) => /error TS/.test(line) && !files.some(({ file }) => isOf(line, file)),
    )
    return new Map(
      files.map(({ block, file }) => [
        block,
        [...lines.filter((line) => isOf(line, file)), ...ofNone].join('\n'),
      ]),
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
