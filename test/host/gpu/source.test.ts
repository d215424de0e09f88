import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { openSource } from '../../../src/host/gpu/source.ts'
import { manualClock } from '../../support/manual-clock.ts'
import { until } from '../../support/run-cli.ts'
import { fakeMachine } from './fake-driver.ts'

const fixture = resolve('test/host/gpu/fixtures/smi-590-h200.txt')

const open = async (machine: Awaited<ReturnType<typeof fakeMachine>>, lines: string, intervalMs: number) => {
  const clock = manualClock()
  let samples = 0
  const source = openSource({
    ...{ env: { PATH: process.env.PATH }, intervalMs, clock },
    nvmlLibrary: join(machine.path, 'no-such-library'),
    nvidiaSmi: await machine.writeProgram(lines),
    onSample: () => {
      samples += 1
    },
    onDebug: (line) => machine.debug.push(line),
    onTrouble: (message) => machine.trouble.push(message),
  })
  const heard = async () => {
    const before = samples
    await until(() => samples > before)
  }
  return { clock, heard, close: source.close }
}

/** Tells of its GPUs until it is to die; then it takes note of that. */
const mortal = (path: string) =>
  `until rm '${path}/die' 2>/dev/null; do cat '${fixture}'; sleep 0.02; done; exit 1`

it.each([
  { what: 'after long times of health it is always started again', healthMs: 600_000, isOver: false },
  { what: 'soon after one another, the fourth is the last', healthMs: 300_000, isOver: true },
])(
  'of deaths $what',
  async ({ healthMs, isOver }) => {
    await using machine = await fakeMachine()
    const { clock, heard, close } = await open(machine, mortal(machine.path), 600_000)
    for (let death = 1; death <= 5; death += 1) {
      await heard()
      await clock.advance(healthMs)
      await heard()
      const told = machine.debug.length + machine.trouble.length
      await machine.wish('die')
      await until(() => machine.debug.length + machine.trouble.length > told)
      if (machine.trouble.length > 0) break
      await clock.advance(25_000)
    }
    close()
    expect(machine.trouble.some((text) => text.includes('4 times'))).toBe(isOver)
  },
  60_000,
)

it('an interval of a month is a day, as timers do not wait that long', async () => {
  await using machine = await fakeMachine()
  const told = join(machine.path, 'arguments')
  const { close } = await open(
    machine,
    `echo "$@" > '${told}.new' && mv '${told}.new' '${told}'; sleep 60`,
    2 ** 32,
  )
  await until(() => existsSync(told))
  close()
  expect(await readFile(told, 'utf8')).toMatch('--loop-ms=86400000')
})
