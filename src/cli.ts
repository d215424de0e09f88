#!/usr/bin/env node
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import type { Command } from './commands/command.ts'
import { TaskbeatError } from './errors.ts'
import { nearest, readSettings } from './settings.ts'

/** Each command is a file of its own, loaded when it is called. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
}

const say = (text: string) => process.stderr.write(`taskbeat: ${text}\n`)

const readVersion = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** Aborts on the first signal that asks for the end; the second one ends the process at once. */
const stopOnSignals = (): AbortSignal => {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(128 + constants.signals[signal])
      stop.abort(signal)
    })
  }
  // write-file-atomic leaves this signal with its default, death, where Node had it ignored; with a listener a file
  // that grows over its limit is an error that can be told (EFBIG)
  process.on('SIGXFSZ', () => {})
  return stop.signal
}

const run = async (name: string, argv: readonly string[]): Promise<number> => {
  const load = commands[name]
  if (load === undefined) {
    const near = await nearest(name, Object.keys(commands))
    say(`unknown command '${name}'${near ? `; did you mean '${near}'?` : ''} (taskbeat --help lists all)`)
    return 64
  }
  const stop = stopOnSignals()
  const command = await load()
  if (argv.includes('--help') || argv.includes('-h')) {
    const { commandHelp } = await import('./help.ts')
    process.stdout.write(commandHelp(name, command))
    return 0
  }
  const resolution = await readSettings(argv, command.groups)
  if (!resolution.ok) {
    for (const { message } of resolution.problems) say(message)
    return resolution.problems.some(({ kind }) => kind === 'usage') ? 64 : 78
  }
  const { settings } = resolution
  return command.run({ settings, stop, version: readVersion(), stderr: process.stderr })
}

const main = async ([name, ...argv]: readonly string[]): Promise<number> => {
  if (name === '--version' || name === '-V') {
    process.stdout.write(`${readVersion()}\n`)
    return 0
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const { generalHelp } = await import('./help.ts')
    const stream = name === undefined ? process.stderr : process.stdout
    stream.write(await generalHelp(commands))
    return name === undefined ? 64 : 0
  }
  return run(name, argv)
}

/** Tells of a failure in one line: what can be mended as it is, a fault of ours with an id to report. */
const explain = (error: unknown): number => {
  if (error instanceof TaskbeatError) {
    say(error.message)
    return error.exitStatus
  }
  const id = randomUUID().slice(0, 8)
  say(`internal error ${id}: ${error instanceof Error ? error.stack : String(error)}`)
  say(
    `this is a fault of taskbeat; please report it with the id ${id} and the lines above (see CONTRIBUTING.md)`,
  )
  return 70
}

// a reader that went away (`taskbeat … | head`) must not end the task
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
process.on('uncaughtException', (error) => process.exit(explain(error)))

process.exit(await main(process.argv.slice(2)).catch(explain))
