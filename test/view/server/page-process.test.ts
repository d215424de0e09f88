import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type PageProcessOptions, startPageProcess } from '../../../src/view/server/page-process.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { temporaryDirectory, until } from '../../support/run-cli.ts'

const isAlive = (pid: number | undefined) => {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A process with this program in the place of the page's. */
const start = async (program: string, options: Partial<PageProcessOptions> = {}) => {
  const directory = await temporaryDirectory()
  const file = join(directory.path, 'page.mjs')
  await writeFile(file, program)
  const lines: string[] = []
  const page = startPageProcess({
    ...{ directories: ['results'], port: 0, sentence: 'over', file },
    tell: (line) => lines.push(line),
    ...options,
  })
  return { page, lines, file, directory, [Symbol.asyncDispose]: directory[Symbol.asyncDispose] }
}

const obedient = `process.stdin.on('data', (order) => console.log(JSON.stringify({ address: 'http://' + JSON.parse(order).directories })))
  .on('end', () => process.exit(0))`

it('the address is told once it is known, and the process ends when its input does', async () => {
  await using started = await start(obedient)
  const { page, lines } = started
  await until(() => lines.length > 0)
  expect(lines).toEqual(['taskbeat: look at it: http://results'])
  expect(isAlive(page.pid())).toBe(true)
  await page.end()
  expect(page.pid()).toBeUndefined()
  expect(lines).toHaveLength(1)
})

it.each([
  {
    what: 'says why',
    program: `console.log(JSON.stringify({ problem: 'the port is taken' }))`,
    says: 'taskbeat: no page: the port is taken',
  },
  {
    what: 'ends without a word',
    program: 'process.exit(3)',
    says: 'taskbeat: no page: its process has ended with 3',
  },
  {
    what: 'says nonsense',
    program: `console.log('{'); console.log('5')`,
    says: 'taskbeat: no page: its process has ended with 0',
  },
])('a process that $what costs one line', async ({ program, says }) => {
  await using started = await start(program)
  const { page, lines } = started
  await until(() => page.pid() === undefined)
  await page.end()
  expect(lines).toEqual([says])
})

it('a process that cannot be started costs one line', async () => {
  await using started = await start('', { file: '\0' })
  await started.page.end()
  expect(started.lines).toHaveLength(1)
  expect(started.lines[0]).toMatch(/^taskbeat: no page: its process could not be started/)
})

it('a process that does not end is ended', async () => {
  const clock = manualClock()
  await using started = await start(
    `${obedient.replace('process.exit(0)', '{}')}; setInterval(() => {}, 1_000)`,
    {
      clock,
    },
  )
  const { page, lines } = started
  await until(() => lines.length > 0)
  const pid = page.pid()
  const ended = page.end()
  expect(isAlive(pid)).toBe(true)
  await clock.advance(3_500)
  await ended
  await until(() => !isAlive(pid))
})

it('who has asked for the end before waits for a second at the most', async () => {
  const clock = manualClock()
  const deaf = `${obedient.replace('process.exit(0)', '{}')}; setInterval(() => {}, 1_000)`
  await using started = await start(deaf, { clock })
  const { page, lines } = started
  await until(() => lines.length > 0)
  const pid = page.pid()
  const ended = page.end(AbortSignal.abort('SIGTERM'))
  await clock.advance(1_000)
  await ended
  await until(() => !isAlive(pid))
})

it('a parent that is killed leaves no process behind', async () => {
  await using started = await start(obedient)
  const module = new URL('../../../src/view/server/page-process.ts', import.meta.url).href
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { startPageProcess } from ${JSON.stringify(module)}
const page = startPageProcess({ directories: ['x'], port: 0, sentence: '', file: ${JSON.stringify(started.file)}, tell: () => console.log(page.pid()) })
setInterval(() => {}, 1_000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (text) => resolve(Number(text)))
  })
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await until(() => !isAlive(pid))
  await started.page.end()
})
