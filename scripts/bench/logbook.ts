/** What the logbook costs a run that nobody looks at: CPU time of `taskbeat run`, while a training tells of its steps. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openReceiver } from '../../src/emulator/receiver.ts'
import { compare, median, tableOf } from './harness.ts'

/** A training that computes, and tells of 20 steps a second: loss, learning rate, a line of output. */
const training = `
  const { appendFileSync } = require('node:fs')
  let step = 0
  setInterval(() => {
    step += 1
    const until = performance.now() + 25
    while (performance.now() < until);
    const event = { type: 'progress', step, total_steps: 1e6, metrics: { loss: 1 / step, learning_rate: 1e-4, accuracy: step / 1e6 } }
    appendFileSync(process.env.TASKBEAT_EVENTS, JSON.stringify(event) + '\\n')
    console.log('step ' + step + ' loss ' + 1 / step)
  }, 50)`

/** CPU milliseconds of all threads of a process. @see https://docs.kernel.org/scheduler/sched-stats.html */
const cpuMs = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [ns = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return sum + Number(ns) / 1e6
  }, 0)

interface Cost {
  readonly ownMs: number
  readonly trainingMs: number
}

const costOf = async (seconds: number, env: Readonly<Record<string, string>>): Promise<Cost> => {
  const dir = mkdtempSync(join(tmpdir(), 'taskbeat-bench-'))
  const words = ['run', '--results-dir', dir, '--host-metrics=false', '--', process.execPath, '-e', training]
  const child = spawn(process.execPath, [resolve('dist/cli.js'), ...words], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  })
  const pid = child.pid ?? 0
  const exited = once(child, 'exit')
  try {
    // what it loads at its start is another bench's matter
    await setTimeout(5_000)
    const [own] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
    const before = { own: cpuMs(pid), training: cpuMs(Number(own)) }
    await setTimeout(seconds * 1_000)
    return { ownMs: cpuMs(pid) - before.own, trainingMs: cpuMs(Number(own)) - before.training }
  } finally {
    child.kill('SIGTERM')
    await exited
    rmSync(dir, { recursive: true, force: true })
  }
}

/**
 * The bar is 1 % of what the run uses, its training included: its training's own cost is what it was on the median, as
 * that is not what the logbook changes.
 */
export const benchLogbook = async (seconds: number, rounds: number): Promise<string> => {
  await using receiver = await openReceiver()
  const environments = [
    ['with a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl }],
    ['without', {}],
  ] as const
  const texts: string[] = []
  for (const [title, env] of environments) {
    const trainings: number[] = []
    const own = async (more: Readonly<Record<string, string>>) => {
      const { ownMs, trainingMs } = await costOf(seconds, { ...env, ...more })
      trainings.push(trainingMs / seconds)
      return ownMs / seconds
    }
    const results = await compare(
      [
        { name: 'no logbook', run: () => own({ TASKBEAT_LOGBOOK_MB: '0' }) },
        { name: 'with logbook', run: () => own({}) },
      ],
      rounds,
    )
    const [without, withIt] = results.map((result) => result.median + median(trainings))
    const whole = (withIt ?? Number.NaN) / (without ?? Number.NaN)
    texts.push(
      tableOf(`\`taskbeat run\` alone, ${title}`, 'ms of CPU a second', results),
      `Of the whole run (target: ≤ 1.010): ${whole.toFixed(3)}\n`,
    )
  }
  return texts.join('\n')
}
