import { nameOf } from '../endpoints.ts'
import type { CheckpointFacts, DirectoryFacts, Facts, FileSystem } from '../facts.ts'
import type { Found } from './catalogue.ts'
import { isLikePattern } from './like-pattern.ts'

const mib = 2 ** 20

/** Buckets as file systems; the name stands in the type (`fuse.s3fs`), or in what is mounted (`mountpoint-s3`). */
const objectStore =
  /s3fs|goofys|geesefs|gcsfuse|blobfuse|mountpoint-s3|mount-s3|ossfs|cosfs|obsfs|rclone|^fuse\S* (s3|gs|oss|az):/i

const network = /^(nfs\d?|cifs|smb\d?|smbfs|9p|afs|davfs|fuse(\.\S+)?)$/

const fileSystemFound = ({ type, source }: FileSystem, where: string): readonly Found[] => {
  if (objectStore.test(`${type} ${source}`))
    return [['results-object-store', `${where} is on ${type} (${source})`]]
  if (network.test(type)) return [['results-network', `${where} is on ${type}`]]
  if (/^(tmpfs|ramfs)$/.test(type)) return [['results-in-memory', `${where} is on ${type}`]]
  return /^(overlay|aufs)$/.test(type) ? [['results-in-container', `${where} is on ${type}`]] : []
}

const spaceFound = ({ space }: DirectoryFacts, where: string): readonly Found[] => {
  if (!space) return []
  const { availableBytes, freeFiles = Number.POSITIVE_INFINITY } = space
  const seen = `${where} has room for ${Math.floor(availableBytes / mib)} MiB${Number.isFinite(freeFiles) ? ` and ${freeFiles} files` : ''}`
  if (availableBytes < 16 * mib || freeFiles < 100) return [['results-full', seen]]
  return availableBytes < 1_024 * mib || freeFiles < 10_000 ? [['results-low', seen]] : []
}

/** What trying to use a directory said, in words. */
const trialText = ({ tried, trial }: DirectoryFacts, uid: number | undefined): string => {
  if (trial.outcome === 'silent') return `${tried} did not answer in time`
  if (trial.outcome === 'works') return `${tried} works`
  return `${trial.path}: uid ${uid} cannot ${trial.step} there (${trial.code})`
}

const resultsFound = (facts: Facts): readonly Found[] => {
  const { results, machine } = facts
  const where = `${nameOf(facts, 'resultsDir')}, ${results.path},`
  const { trial } = results
  const text = `${nameOf(facts, 'resultsDir')}: ${trialText(results, machine.uid)}`
  if (trial.outcome === 'silent') return [['results-silent', text]]
  // a full disk says so itself
  if (trial.outcome === 'failed' && /^(ENOSPC|EDQUOT)$/.test(trial.code)) return [['results-full', text]]
  const failed = trial.outcome === 'failed' && !/^(look|write)$/.test(trial.step)
  return [
    ...(trial.outcome === 'works' ? [] : [[failed ? 'results-rename' : 'results-unwritable', text] as const]),
    ...(trial.outcome === 'works' ? spaceFound(results, where) : []),
    ...(results.fileSystem ? fileSystemFound(results.fileSystem, where) : []),
  ]
}

const progressFound = (facts: Facts): readonly Found[] => {
  const { progress, results, settings } = facts
  const { path } = progress
  const name = nameOf(facts, 'progressFile')
  const isElsewhere =
    progress.device !== undefined && results.device !== undefined && progress.device !== results.device
  const outside: readonly Found[] = progress.isInside
    ? []
    : [['progress-outside', `${name}, ${path}, is not in ${settings.resultsDir}`]]
  const elsewhere: readonly Found[] = isElsewhere
    ? [['progress-elsewhere', `${name}, ${path}, is on another file system than ${settings.resultsDir}`]]
    : []
  const content = (): readonly Found[] => {
    switch (progress.kind) {
      case 'absent':
        return []
      case 'unreadable':
        // where the directory cannot be, the file cannot either
        return results.trial.outcome === 'failed' && progress.isInside
          ? []
          : [['progress-unwritable', `${name}, ${path}, cannot be read or written (${progress.code})`]]
      case 'foreign':
        return [
          ['progress-foreign', `${path} is of the task ${progress.taskId}, and this is ${settings.taskId}`],
        ]
      case 'complete':
        return [['progress-complete', `${path} says 100`]]
      case 'resumable':
        return progress.refusal === undefined ? [] : [['progress-refused', `${path}: ${progress.refusal}`]]
      case 'broken':
        return [['progress-refused', `${path}: ${progress.refusal}`]]
    }
  }
  return [...outside, ...elsewhere, ...content()]
}

const checkpointsFound = (checkpoints: CheckpointFacts, name: string): readonly Found[] => {
  if (checkpoints.kind === 'invalid') return [['checkpoints-invalid', checkpoints.fault]]
  if (checkpoints.kind === 'not asked') return []
  const { idle, onProgress, others } = checkpoints
  const alike = others.filter((other) => idle.some((pattern) => isLikePattern(other, pattern)))
  const told = [...new Set([...alike, ...others])]
  const quoted = (words: readonly string[]) => words.map((word) => `'${word}'`).join(', ')
  return [
    ...(onProgress.length > 0
      ? [['checkpoints-match-progress', `${name}: ${quoted(onProgress)} matches the progress file`] as const]
      : []),
    // in an empty directory nothing can match yet
    ...(idle.length > 0 && others.length > 0
      ? [
          [
            alike.length > 0 ? 'checkpoints-nothing' : 'checkpoints-nothing-yet',
            `${name}: ${quoted(idle)} matches none of ${quoted(told.slice(0, 3))}${told.length > 3 ? ', …' : ''}`,
          ] as const,
        ]
      : []),
  ]
}

const spoolFound = (facts: Facts): readonly Found[] => {
  const { spool, spoolDir, spoolWaiting, machine } = facts
  const { traces, metrics, logs } = spoolWaiting
  return [
    ...(spool && spool.trial.outcome !== 'works'
      ? [['spool-unwritable', `${nameOf(facts, 'spoolDir')}: ${trialText(spool, machine.uid)}`] as const]
      : []),
    ...(traces + metrics + logs > 0
      ? [
          [
            'spool-waiting',
            `${spoolDir} has ${traces} spans, ${metrics} points and ${logs} records of earlier attempts`,
          ] as const,
        ]
      : []),
  ]
}

/** What is odd about directories and the files in them. */
export const findInStorage = (facts: Facts): readonly Found[] => [
  ...resultsFound(facts),
  ...progressFound(facts),
  ...checkpointsFound(facts.checkpoints, nameOf(facts, 'checkpointGlobs')),
  ...spoolFound(facts),
]
