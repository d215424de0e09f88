import { statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Writable } from 'node:stream'
import { systemClock } from '../clock.ts'
import { cannotWrite } from '../disk-errors.ts'
import { TaskbeatError } from '../errors.ts'
import type { LoggedSetting } from '../logbook/entry.ts'
import { signals } from '../otlp/signals.ts'
import type { Settings } from '../settings.ts'
import { signalStatus } from '../signal-status.ts'
import { openScreen, type Screen, type TextStream } from '../terminal/screen.ts'
import { startEmulation } from './emulate.ts'
import type { Emulation } from './emulation.ts'
import type { Fault } from './faults/fault.ts'
import { parseFault } from './faults/grammar.ts'
import { readScenario } from './faults/scenario.ts'
import { findingKinds, isFindingId } from './findings/catalogue.ts'
import { junitText } from './report/junit.ts'
import { reportText } from './report/text.ts'
import type { Moment, Report } from './report.ts'

export interface EmulateContext {
  readonly settings: Settings
  readonly operands: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The settings to be shown beside what the platform sees. */
  readonly shownSettings: readonly LoggedSetting[]
  readonly stop: AbortSignal
  readonly stdout: () => NodeJS.WritableStream
  readonly stderr: () => TextStream & NodeJS.WritableStream
  /** Called once when the task runs, with how to tell people something meanwhile. @default nothing */
  readonly onStarted?: (tell: (line: string) => void) => void
}

const wrongUse = (message: string) => new TaskbeatError('USAGE', message, { exitStatus: 64 })

const readFaults = ({ faults, scenarioFile }: Settings): readonly Fault[] => {
  const parsed = faults.map((text) => {
    const one = parseFault(text)
    if ('problem' in one) throw wrongUse(`--fault ${one.problem}`)
    return one.fault
  })
  if (scenarioFile === undefined) return parsed
  const scenario = readScenario(scenarioFile)
  if ('problem' in scenario) throw wrongUse(scenario.problem)
  return [...parsed, ...scenario.faults]
}

const readAllowed = ({ allowedFindings }: Settings) => {
  const ids = allowedFindings.flatMap((text) => text.split(',').map((id) => id.trim()))
  const unknown = ids.find((id) => !isFindingId(id))
  if (unknown !== undefined) {
    throw wrongUse(`--allow is '${unknown}', but accepted is one of ${Object.keys(findingKinds).join(', ')}`)
  }
  return ids
}

const readContainerEnvironment = ({ containerEnv }: Settings) => {
  const pairs = containerEnv.map((text) => /^([^=]+)=(.*)$/s.exec(text)?.slice(1))
  const wrong = pairs.indexOf(undefined)
  // the value may be a secret that lacks its name
  if (wrong >= 0) throw wrongUse(`--env number ${wrong + 1} is not NAME=VALUE`)
  return Object.fromEntries(pairs as [string, string][])
}

const momentText = ({ atMs, text }: Moment) => `emulate ${(atMs / 1_000).toFixed(1).padStart(8)} s  ${text}`

/** The live line: status, progress, telemetry. */
const liveText = ({ status, progress, ledger }: Emulation) => {
  const { percentComplete, name } = progress()
  const counts = signals.map((signal) => `${signal} ${ledger.counts(signal).items}`).join(', ')
  return [status(), `${percentComplete} %${name && ` ${name}`}`, counts].join(' | ')
}

/** A stream that makes room for the task's output where the live line is. */
const around = (stream: NodeJS.WritableStream, screen: Screen) =>
  new Writable({
    write: (chunk, _, done) => {
      screen.live('')
      // a reader that went away is no reason to stop the task
      stream.write(chunk, () => done())
    },
  })

/** Redraws the live line twice a second, until the task has ended. */
const show = async (emulation: Emulation, screen: Screen): Promise<Report> => {
  const timer = setInterval(() => screen.live(liveText(emulation)), 500)
  try {
    return await emulation.report
  } finally {
    clearInterval(timer)
    screen.live('')
  }
}

const writeReport = (file: string, text: string) => {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw cannotWrite(file, error, 'name another place for the report')
  }
}

/** What can be known before the task has run for hours. */
const checkReportPlace = ({ junitFile }: Settings) => {
  const parent = junitFile === undefined ? '.' : dirname(junitFile)
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory()) return
  throw wrongUse(`--junit is '${junitFile}', but '${parent}' is no directory`)
}

const logbookOf = ({ settings: { logbookMb }, shownSettings }: EmulateContext) =>
  logbookMb === 0 ? undefined : { mostBytes: logbookMb * 2 ** 20, settings: shownSettings }

/** `taskbeat emulate`. Resolves to its exit status. */
export const emulateForPeople = async (context: EmulateContext): Promise<number> => {
  const { settings, operands, environment, stop, stdout, stderr } = context
  const { image, keepDir, junitFile, json } = settings
  const screen = openScreen(stderr)
  checkReportPlace(settings)
  if (image === undefined && settings.containerEnv.length > 0) {
    throw wrongUse('--env is for the container of --image; a command inherits your environment')
  }
  const emulation = await startEmulation({
    task: image === undefined ? { command: operands } : { image, args: operands },
    environment: image === undefined ? environment : readContainerEnvironment(settings),
    resultHandling: settings.resultHandling,
    mode: settings.watchMode,
    taskId: settings.emulatedTaskId,
    signals: settings.attachedSignals,
    protocols: settings.emulatedProtocols,
    ports: settings.ports,
    faults: readFaults(settings),
    // 0 is no limit, as on the platform
    maxRunTimeMs: settings.maxRunTimeMs || undefined,
    graceMs: settings.graceMs,
    timeScale: settings.timeScale,
    keepDir,
    logbook: logbookOf(context),
    allow: readAllowed(settings),
    stdout: around(json ? stderr() : stdout(), screen),
    stderr: around(stderr(), screen),
    stop,
    onMoment: (moment) => screen.line(momentText(moment)),
    clock: systemClock,
  })
  context.onStarted?.(screen.line)
  const report = await show(emulation, screen)
  const jsonText = `${JSON.stringify(report, null, 2)}\n`
  for (const line of reportText(report).split('\n')) screen.line(line)
  if (json) stdout().write(jsonText)
  if (keepDir !== undefined) writeReport(join(keepDir, 'report.json'), jsonText)
  if (junitFile !== undefined) writeReport(junitFile, junitText(report))
  if (stop.aborted) return signalStatus(stop.reason as NodeJS.Signals)
  return report.isFlawless ? 0 : 1
}
