import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'
import { openCollector } from './collector.ts'
import {
  defaults,
  type EmulatedTask,
  type Emulation,
  type EmulationOptions,
  type ResolvedOptions,
} from './emulation.ts'
import { bringAbout } from './ending.ts'
import { taskEnvironment } from './environment.ts'
import { strikesOf } from './faults/schedule.ts'
import type { End } from './findings/evidence.ts'
import { startHistory } from './history.ts'
import { follow } from './output.ts'
import type { PlatformLogbook, PlatformLogbookOptions } from './platform-logbook.ts'
import { composeReport, type Moment, type Report, verdictOf } from './report.ts'
import { readTallies } from './tallies.ts'
import { startCommand, startContainer } from './task-process.ts'
import { watchTask } from './task-watch.ts'
import { makeTree, type Tree } from './tree.ts'
import type { WorkerOptions } from './worker.ts'

type LogbookChoice = Pick<EmulationOptions, 'keepDir' | 'logbook' | 'onMoment' | 'task' | 'environment'> &
  Pick<PlatformLogbookOptions, 'worker' | 'clock'>

const startTask = (task: EmulatedTask, variables: Readonly<Record<string, string>>, tree: Tree) => {
  if ('command' in task) {
    const mark = `TASKBEAT_TALLY_DIR=${tree.talliesDir}`
    return startCommand({ ...task, environment: variables, mark })
  }
  const { taskDir, configDir } = tree
  const name = `taskbeat-${randomUUID().slice(0, 8)}`
  return startContainer({ ...task, name, environment: variables, taskDir, configDir })
}

/** The platform's logbook, where the directories stay for people to look at. */
const openLogbookIn = async (
  { root }: Tree,
  { keepDir, logbook, onMoment = () => {}, environment, ...more }: LogbookChoice,
): Promise<PlatformLogbook | undefined> => {
  if (keepDir === undefined || logbook === undefined) return undefined
  const [{ openPlatformLogbook }, { createRedactor }] = await Promise.all([
    import('./platform-logbook.ts'),
    import('../workload/output/redact.ts'),
  ])
  const onTrouble = (text: string) => onMoment({ atMs: 0, text })
  const redact = createRedactor(environment)
  return openPlatformLogbook({ ...more, ...logbook, directory: join(root, 'logbook'), redact, onTrouble })
}

/**
 * Plays the platform around a task: environment, progress file, uploads, collector, and the end.
 *
 * @throws {TaskbeatError} `PORT_TAKEN` or `NOT_EMPTY` (64), before the task begins
 */
export const startEmulation = async (options: EmulationOptions): Promise<Emulation> => {
  const given = { ...defaults, ...options } as ResolvedOptions
  const { task, clock, faults, timeScale, resultHandling, mode, protocols, graceMs, stop } = given
  const taskId = options.taskId ?? randomUUID()
  const tree = makeTree(options.keepDir)
  const worker: WorkerOptions = {
    taskId,
    strategy: resultHandling === 'upload' ? 'UPLOAD' : 'NONE',
    mode,
    timeScale,
    ...(options.maxRunTimeMs !== undefined && { maxRunTimeMs: options.maxRunTimeMs }),
  }
  const logbook = await openLogbookIn(tree, { ...options, worker, clock })
  const onMoment = (moment: Moment) => {
    logbook?.onMoment(moment.text)
    options.onMoment?.(moment)
  }
  const history = startHistory(clock, onMoment, logbook?.onStatus)
  const { elapsedMs, tell, change } = history

  const collector = await openCollector({ ...given, outDir: tree.telemetryDir, elapsedMs, tell }).catch(
    (error) => {
      tree.remove()
      throw error
    },
  )
  const isContainer = 'image' in task
  const { variables, overridden } = taskEnvironment(
    {
      taskId,
      taskName: 'emulated-task',
      resultsDir: isContainer ? '/var/task/results' : tree.resultsDir,
      signals: given.signals,
      protocols,
      ports: collector.ports,
    },
    { ...options.environment, TASKBEAT_TALLY_DIR: isContainer ? '/var/task/tallies' : tree.talliesDir },
  )

  change('LAUNCHED')
  history.begin()
  const watch = watchTask({
    resultsDir: tree.resultsDir,
    ...{ worker, clock, elapsedMs, tell },
    ...{ onSighting: logbook?.onSighting, onUploaded: logbook?.onUploaded },
    // a worker that was restarted finds the file again
    onReady: () => {
      if (history.status() !== 'RUNNING') change('RUNNING')
    },
  })
  const child = startTask(task, variables, tree)
  collector.start()
  const output = follow(child, options)

  const destroy = () => {
    child.destroy()
    try {
      tree.remove()
    } catch (error) {
      // what a container wrote as root is not ours to remove
      tell(`${tree.root} could not be removed (${(error as NodeJS.ErrnoException).code}): remove it by hand`)
    }
  }
  const forgetExit = atExit(destroy)

  const asked = Promise.withResolvers<End>()
  const onStop = () => asked.resolve({ kind: 'stopped', signal: String(stop?.reason) })
  stop?.addEventListener('abort', onStop, { once: true })
  if (stop?.aborted) onStop()

  const cancels = strikesOf(faults).map(({ name, fromMs }) =>
    clock.after(fromMs, () => {
      tell(`fault: ${name}`)
      if (name === 'oom') child.kill('SIGKILL')
      else if (name === 'worker-restart') watch.restartWorker()
      else asked.resolve({ kind: 'canceled' })
    }),
  )

  const run = async (): Promise<Report> => {
    let endedMs = 0
    const left = child.exited.then(({ status, startError }) => {
      endedMs = elapsedMs()
      tell(startError ? `the task did not start: ${startError}` : `the task ended with ${status}`)
      return watch.finish(status)
    })
    const end = await Promise.race([watch.decided, asked.promise, left])
    const { killedAfterGraceMs } = await bringAbout(end, { task: child, collector, graceMs, clock, tell })
    const exit = await child.exited
    await Promise.all([left, output.settled])
    for (const cancel of cancels) cancel()
    const files = await watch.close()
    await collector.end()
    const completedMs = watch.completedMs()
    const evidence = {
      end,
      exit,
      outputTail: output.tail(),
      durationMs: endedMs,
      afterCompleteMs: completedMs === undefined ? undefined : Math.max(0, endedMs - completedMs),
      killedAfterGraceMs,
      timeScale,
      isUpload: resultHandling === 'upload',
      taskId,
      ...files,
      sent: watch.sent(),
      signals: given.signals,
      protocols,
      overridden,
      faults,
      received: collector.ledger.summary(),
      tallies: await readTallies(tree.talliesDir),
    }
    const [verdict, reason] = verdictOf(evidence)
    change(verdict, verdict === 'COMPLETED' ? '' : reason)
    const report = composeReport(evidence, history.moments, given.allow)
    await logbook?.end(report)
    return report
  }

  const runToTheEnd = async () => {
    try {
      return await run()
    } finally {
      await Promise.all([collector.close(), logbook?.close()])
      forgetExit()
      stop?.removeEventListener('abort', onStop)
      destroy()
    }
  }
  return {
    environment: variables,
    resultsDir: tree.resultsDir,
    ledger: collector.ledger,
    status: history.status,
    progress: () => watch.log().last ?? { percentComplete: 0, name: '' },
    report: runToTheEnd(),
  }
}
