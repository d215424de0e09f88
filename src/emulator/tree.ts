import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { cannotWrite } from '../disk-errors.ts'
import { TaskbeatError } from '../errors.ts'

/** The directories of one emulated task. */
export interface Tree {
  /** Mounted at `/var/task` of a container. */
  readonly taskDir: string
  readonly resultsDir: string
  /** Models and resources; mounted at `/config` of a container. */
  readonly configDir: string
  readonly telemetryDir: string
  /** Where the task's processes leave their counts. */
  readonly talliesDir: string
  readonly root: string
  /** Removes it, unless it is to be kept. */
  readonly remove: () => void
}

/** A new directory for a task. @throws {TaskbeatError} `NOT_WRITABLE` (73) */
export const makeTemporaryRoot = (): string => {
  try {
    return mkdtempSync(join(tmpdir(), 'taskbeat-emulated-'))
  } catch (error) {
    throw cannotWrite(tmpdir(), error, 'name another directory with --keep')
  }
}

const openRoot = (keepDir: string | undefined) => {
  if (keepDir === undefined) return makeTemporaryRoot()
  const root = resolve(keepDir)
  mkdirSync(root, { recursive: true })
  if (readdirSync(root).length > 0) {
    throw new TaskbeatError('NOT_EMPTY', `'${keepDir}' is not empty: name a new directory with --keep`, {
      exitStatus: 64,
    })
  }
  return root
}

const remove = (root: string) => rmSync(root, { recursive: true, force: true, maxRetries: 3 })

/** Removes what is ours, also where the task has taken away the right to. */
export const removeTree = (root: string) => {
  try {
    remove(root)
  } catch {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o700)
    }
    remove(root)
  }
}

/** Makes the directories below a root that is there. */
const plant = (root: string, isKept: boolean): Tree => {
  const taskDir = join(root, 'task')
  const tree = {
    root,
    taskDir,
    resultsDir: join(taskDir, 'results'),
    talliesDir: join(taskDir, 'tallies'),
    configDir: join(root, 'config'),
    telemetryDir: join(root, 'telemetry'),
  }
  for (const dir of [
    tree.resultsDir,
    tree.talliesDir,
    join(tree.configDir, 'models'),
    join(tree.configDir, 'resources'),
  ])
    mkdirSync(dir, { recursive: true })
  // whoever the task is may write, as on the platform
  for (const dir of [tree.resultsDir, tree.talliesDir]) chmodSync(dir, 0o777)
  return {
    ...tree,
    remove: () => {
      if (!isKept) removeTree(root)
    },
  }
}

/**
 * Makes the directories of a task, as the platform has them before the task begins.
 *
 * @param keepDir - stays after the task; undefined: a temporary directory
 * @throws {TaskbeatError} `NOT_EMPTY` (64) if `keepDir` holds anything, `NOT_WRITABLE` (73)
 */
export const makeTree = (keepDir?: string): Tree => {
  try {
    return plant(openRoot(keepDir), keepDir !== undefined)
  } catch (error) {
    throw error instanceof TaskbeatError
      ? error
      : cannotWrite(keepDir ?? tmpdir(), error, 'name another directory with --keep')
  }
}
