import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import {
  dockerfileFault,
  jsonFault,
  pythonFault,
  shellSyntax,
  typedIn,
  typescriptFaults,
  yamlFault,
} from './check-block.ts'
import { allBlocks, anchorsOf, type Block, linksOf, pages } from './markdown.ts'
import { looseJson, notHere, planOf, type RunPlan, runs, typescript, whyNotHere } from './plan.ts'
import { endAll, openBed, type Ran, rewritten, runScript } from './run-block.ts'

const blocks = allBlocks()
const hasPython = spawnSync('python3', ['-c', '']).status === 0
const shells = new Map([
  ['bash', 'bash'],
  ['sh', 'sh'],
  ['console', 'bash'],
])

/** How each block was checked, for the list at the end. */
const list = new Map<Block, string>()
const placeOf = ({ page, line, language }: Block) => `${page}:${line}${language && ` ${language}`}`

afterAll(() => {
  endAll()
  const lines = blocks.map((block) => `  ${placeOf(block).padEnd(44)} ${list.get(block) ?? 'not checked'}`)
  process.stdout.write(`Blocks of the documentation, and how they were checked:\n${lines.join('\n')}\n`)
})

/** What a line of a page may stand for: digits are those of another run, and … is anything. */
const patternOf = (line: string) =>
  new RegExp(
    line
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      .replaceAll('…', '.*')
      .replaceAll(/\d+/g, '\\d+'),
  )

const scriptOf = (block: Block) =>
  block.language === 'console'
    ? typedIn(block)
        .map(({ command }) => command)
        .join('\n')
    : block.text

/** `taskbeat run` in a page names its command, and what it tells is told from within. */
const supervised = (script: string, shell: string) =>
  `taskbeat run -- ${shell} -c '${script.replaceAll("'", "'\\''")}'`

const expectPlanned = ({ status, signal, output }: Ran, { status: planned = 0, until }: RunPlan) => {
  // what is stopped ends by the signal, or well
  const isRight = until ? signal === 'SIGTERM' || status === 0 || status === 143 : status === planned
  expect(isRight, `ended with ${status ?? signal} instead of ${planned}:\n${output}`).toBe(true)
}

const runBlock = async (block: Block, shell: string) => {
  const plan = planOf(runs, block)
  await using bed = await openBed(block, plan, blocks)
  if (plan?.before) {
    const { status, output } = await runScript('bash', plan.before, bed)
    expect(status, `before: ${output}`).toBe(0)
  }
  const script = rewritten(scriptOf(block), bed)
  const ran = await runScript(shell, plan?.isSupervised ? supervised(script, shell) : script, bed, plan)
  expectPlanned(ran, plan ?? { page: '', has: '', why: '' })
  if (block.language !== 'console') return
  for (const line of typedIn(block).flatMap(({ output }) => output)) {
    expect(ran.output).toMatch(patternOf(rewritten(line, bed)))
  }
}

describe.concurrent('commands', () => {
  const commands = blocks.filter(({ language }) => shells.has(language))
  it.each(commands.map((block) => ({ block, place: placeOf(block) })))('$place', async ({ block }) => {
    const shell = shells.get(block.language) ?? 'sh'
    expect(shellSyntax(shell, scriptOf(block))).toBe('')
    const why = hasPython || !/\bpython\b/.test(block.text) ? whyNotHere(block) : 'Python'
    if (why !== undefined) {
      list.set(block, `syntax only: it needs ${why}`)
      return
    }
    await runBlock(block, shell)
    const plan = planOf(runs, block)
    list.set(block, plan ? `run (${plan.why})` : 'run')
  })
})

describe('what is not a command', () => {
  const faults: Readonly<Record<string, { readonly how: string; readonly fault: (block: Block) => string }>> =
    {
      json: { how: 'parsed', fault: jsonFault },
      jsonl: { how: 'parsed, line by line', fault: jsonFault },
      yaml: { how: 'parsed', fault: yamlFault },
      python: { how: 'parsed', fault: (block) => (hasPython ? pythonFault(block) : '') },
      dockerfile: { how: 'its instructions', fault: dockerfileFault },
      // pictures, and what a program prints: there is nothing in it that could be run
      '': { how: 'shown', fault: () => '' },
      text: { how: 'shown', fault: () => '' },
      mermaid: { how: 'shown', fault: () => '' },
      traceql: { how: 'shown: a query of Tempo', fault: () => '' },
      logql: { how: 'shown: a query of Loki', fault: () => '' },
      promql: { how: 'shown: a query of Prometheus', fault: () => '' },
    }
  const others = blocks.filter(({ language }) => !shells.has(language) && language !== 'ts')

  it.each(others.map((block) => ({ block, place: placeOf(block) })))('$place', ({ block }) => {
    const { how, fault } = faults[block.language] ?? {
      how: '',
      fault: () => `nobody knows how to check '${block.language}'`,
    }
    const loose = planOf(looseJson, block)
    list.set(block, loose ? `${how} (${loose.why})` : how)
    expect(fault(block)).toBe('')
  })

  it('TypeScript has the types that the library has', () => {
    const typed = blocks.filter(({ language }) => language === 'ts')
    for (const [block, fault] of typescriptFaults(typed)) {
      list.set(block, `its types${planOf(typescript, block) ? ', with what its page has told' : ''}`)
      expect.soft(fault, placeOf(block)).toBe('')
    }
  }, 60_000)
})

describe('links', () => {
  it.each(pages().map((page) => ({ page })))(
    '$page leads to files and headings that there are',
    ({ page }) => {
      const wrong = linksOf(readFileSync(page, 'utf8')).filter((target) => {
        if (/^(https?|mailto):/.test(target)) return false
        const [path = '', anchor] = target.split('#')
        const file = path === '' ? page : normalize(join(dirname(page), path))
        if (!existsSync(file)) return true
        if (anchor === undefined) return false
        return statSync(file).isDirectory() || !anchorsOf(readFileSync(file, 'utf8')).includes(anchor)
      })
      expect(wrong).toEqual([])
    },
  )
})

it('no plan is for a block that is not there', () => {
  const plans = [...runs, ...typescript, ...looseJson]
  const idle = plans.filter(
    ({ page, has }) => !blocks.some((block) => block.page === page && block.text.includes(has)),
  )
  expect(idle.map(({ page, has }) => `${page}: ${has}`)).toEqual([])
  expect(notHere.every(({ why }) => why.length > 0)).toBe(true)
})
