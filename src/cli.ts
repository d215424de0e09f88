#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import type { Writable } from 'node:stream'
import type { Command } from './commands/command.ts'
import { commands } from './commands/table.ts'
import { TaskbeatError } from './errors.ts'
import { nodeTooOld } from './node-version.ts'
import { nearestOf } from './settings/nearest-of.ts'
import { processEnvironment, readSettings } from './settings.ts'
import { signalStatus } from './signal-status.ts'
import { drained } from './terminal/drained.ts'

const opened = new Set<Writable>()

const lastWishes: (() => Promise<unknown>)[] = []
const atFault = (lastWish: () => Promise<unknown>) => {
  lastWishes.push(lastWish)
}

/** Whether another program would be left alone if we ended. */
let isSupervising = false

/** A reader that went away (`taskbeat … | head`) must not end the task. */
const tolerant = <S extends Writable>(stream: S): S => {
  if (!opened.has(stream)) opened.add(stream.on('error', () => {}))
  return stream
}

// to open them costs the start some milliseconds, so it waits until there is something to say
const stdout = () => tolerant(process.stdout)
const stderr = () => tolerant(process.stderr)
const say = (text: string) => stderr().write(`taskbeat: ${text}\n`)

const readVersion = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** Aborts on the first signal that asks for the end; the second one ends the process at once. */
const stopOnSignals = (): AbortSignal => {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(signalStatus(signal))
      stop.abort(signal)
    })
  }
  // else Node opens a debugger, to whoever shares the container's network
  process.on('SIGUSR1', () => {})
  return stop.signal
}

const runCommand = async (name: string, command: Command, argv: readonly string[]): Promise<number> => {
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv
  if (own.includes('--help') || own.includes('-h')) {
    const { commandHelp } = await import('./help.ts')
    stdout().write(await commandHelp(name, command))
    return 0
  }
  const stop = command.supervises ? new AbortController().signal : stopOnSignals()
  isSupervising = command.supervises === true
  const resolution = await readSettings(argv, command.groups, command.operands)
  const problems = resolution.ok ? [] : resolution.problems
  const isUsage = problems.some(({ kind }) => kind === 'usage')
  const resolved = resolution.ok ? resolution : command.diagnoses ? resolution.rest : undefined
  if (isUsage || resolved === undefined) {
    for (const { message } of problems) say(message)
    return isUsage ? 64 : 78
  }
  const { settings, operands, origins } = resolved
  const stdin = () => process.stdin
  const environment = processEnvironment()
  const version = readVersion
  return command.run({
    ...{ settings, operands, diagnosis: { origins, problems } },
    ...{ environment, stop, atFault, version, stdin, stdout, stderr },
  })
}

const main = async ([name, ...argv]: readonly string[]): Promise<number> => {
  const tooOld = nodeTooOld(process.versions.node)
  if (tooOld !== undefined) {
    say(tooOld)
    return 78
  }
  const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (name !== undefined && command !== undefined) return runCommand(name, command, argv)
  if (name === '--version' || name === '-V') {
    stdout().write(`${readVersion()}\n`)
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const { generalHelp } = await import('./help.ts')
    const stream = name === undefined ? stderr() : stdout()
    stream.write(generalHelp(commands))
    return name === undefined ? 64 : 0
  }
  const near = await nearestOf(name, Object.keys(commands))
  say(`unknown command '${name}'${near ? `; did you mean '${near}'?` : ''} (taskbeat --help lists all)`)
  return 64
}

/** Tells of a failure in one line: what can be mended as it is, a fault of ours with an id to report. */
const explain = (error: unknown): number => {
  if (error instanceof TaskbeatError) {
    say(error.message)
    return error.exitStatus
  }
  const id = crypto.randomUUID().slice(0, 8)
  say(`internal error ${id}: ${error instanceof Error ? error.stack : String(error)}`)
  say(
    `this is a fault of taskbeat; please report it with the id ${id} and the lines above (see CONTRIBUTING.md)`,
  )
  return 70
}

/** How long the exit waits for a reader that is behind, or does not read at all. */
const drainMs = 2_000

/** Exits when the last words are out; a second signal does not wait for them. */
const leave = async (status: number): Promise<never> => {
  await drained(opened, drainMs)
  process.exit(status)
}

let isLeaving = false
process.on('uncaughtException', async (error) => {
  const status = explain(error)
  if (isSupervising || isLeaving) return
  isLeaving = true
  await Promise.allSettled(lastWishes.splice(0).map((fulfil) => fulfil()))
  await leave(status)
})
await leave(await main(process.argv.slice(2)).catch(explain))
