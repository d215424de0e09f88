import { DOCUMENTED_STALE_AFTER_MS } from '../../progress/contract.ts'
import { durationText } from '../../terminal/duration.ts'
import type { Evidence, WorkerFault } from './evidence.ts'
import { type Found, shown, some } from './found.ts'

const findWorkerFault = (
  { rule, error, document: last }: WorkerFault,
  { progress, taskId, sent, tooLarge }: Evidence,
): Found => {
  const name = last?.name ?? ''
  const percent = last?.percentComplete ?? 0
  switch (rule) {
    case 'not-ready':
      return ['progress-missing', 'the progress file never appeared']
    case 'missing-file':
      return ['progress-removed', 'the progress file was there, and is gone']
    case 'malformed':
      return [
        'progress-malformed',
        progress.unreadable === undefined
          ? 'the text of the progress file cannot be decoded'
          : `the progress file cannot be read (${progress.unreadable})`,
      ]
    case 'timestamp':
      return ['timestamp-invalid', `lastUpdatedAt is ${shown(last?.lastUpdatedAt ?? '')}`]
    case 'stale':
      return ['heartbeat-stale', `no fresh lastUpdatedAt for ${durationText(progress.longestGapMs)}`]
    case 'task-id':
      return ['task-id-mismatch', `taskId is ${shown(last?.taskId ?? '')}, the task is ${shown(taskId)}`]
    case 'percent-range':
      return percent === 0
        ? [
            'percent-zero-named',
            `percentComplete 0 with the name ${shown(name)}${sent.length > 0 ? ', after other states' : ''}`,
          ]
        : ['percent-range', `percentComplete is ${percent}`]
    case 'percent-decreased':
      return ['percent-decreased', `percentComplete fell from ${sent.at(-1)?.percentComplete} to ${percent}`]
    case 'name-length':
      return name === ''
        ? ['name-empty', `percentComplete ${percent} without a name`]
        : ['name-too-long', `a name of ${Buffer.byteLength(name)} bytes: ${shown(name)}`]
    case 'name-prefix':
      return ['name-prefix', `the name is ${shown(name)}`]
    case 'name-characters':
      return ['name-characters', `the name is ${shown(name)}`]
    case 'name-repeated':
      return ['name-repeated', `${shown(name)} again, now with ${percent} percent`]
    case 'message-too-large':
      return ['metadata-too-large', `the metadata of ${some(tooLarge.map((result) => result.name))}`]
    case 'max-run-time':
      return ['max-run-time', error]
  }
}

const findMissedStates = ({ progress, sent, tooLarge, isUpload }: Evidence): readonly Found[] => {
  if (!isUpload) return []
  const seenByWorker = new Set(
    [...sent, ...tooLarge].map(({ name, percentComplete }) => `${percentComplete} ${name}`),
  )
  const missed = progress.states.filter(
    ({ name, percentComplete }, index) =>
      name !== '' &&
      !seenByWorker.has(`${percentComplete} ${name}`) &&
      // what stands in the file at the end was not replaced
      index < progress.states.length - 1,
  )
  if (missed.length === 0) return []
  const shortest = Math.min(...missed.map(({ dwellMs }) => dwellMs))
  return [
    [
      'state-missed',
      `${some(missed.map(({ name }) => name))}: replaced after ${durationText(shortest)} before the platform looked`,
    ],
  ]
}

/** By what the task wrote: a worker that was restarted sends a state again, and that is not the task's doing. */
const findReusedNames = ({ progress, isUpload }: Evidence): readonly Found[] => {
  if (!isUpload) return []
  const names = progress.states
    .map(({ name }) => name)
    .filter((name, index, all) => name !== '' && name !== all[index - 1])
  const reused = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))]
  return reused.length === 0 ? [] : [['name-reused', `${some(reused)} named more than one state`]]
}

/** The worker's fault, save where the end of the task explains it better. */
const faultOf = ({ end, exit }: Evidence): WorkerFault | undefined => {
  if (end.kind === 'worker-fault') return end.fault
  if (end.kind !== 'task-exit' || end.fault === undefined) return undefined
  const { rule } = end.fault
  const isExplained = rule === 'stale' || (rule === 'not-ready' && exit.status !== 0)
  return isExplained ? undefined : end.fault
}

/** What the progress file shows. */
export const findInProgress = (evidence: Evidence): readonly Found[] => {
  const { progress, tooLarge, timeScale, isUpload, sent, isResultsDirReplaced } = evidence
  const found: Found[] = []
  const fault = faultOf(evidence)
  if (fault !== undefined) found.push(findWorkerFault(fault, evidence))
  const isStale = fault?.rule === 'stale'
  if (!isStale && progress.longestGapMs > DOCUMENTED_STALE_AFTER_MS / timeScale) {
    found.push(['heartbeat-slow', `${durationText(progress.longestGapMs)} between two heartbeats`])
  }
  if (tooLarge.length > 0 && fault?.rule !== 'message-too-large') {
    found.push(['metadata-too-large', `the metadata of ${some(tooLarge.map(({ name }) => name))}`])
  }
  if (progress.mostAheadMs > 60_000) {
    found.push([
      'timestamp-future',
      `lastUpdatedAt was ${durationText(progress.mostAheadMs)} ahead of the clock`,
    ])
  }
  if (progress.inPlaceWrites > 0) {
    found.push([
      'write-in-place',
      `the progress file was written into, not replaced: ${progress.inPlaceWrites} ×`,
    ])
  }
  if (progress.changedMetadata.length > 0) {
    found.push(['metadata-ignored', `the metadata of ${some(progress.changedMetadata)} changed`])
  }
  if (progress.unknownMembers.length > 0) found.push(['member-unknown', some(progress.unknownMembers)])
  const wholeTree = isUpload && sent.find(({ name }) => name === '.' || name === '..')
  if (wholeTree) found.push(['name-whole-tree', `the name is ${shown(wholeTree.name)}`])
  if (isResultsDirReplaced)
    found.push(['results-directory-replaced', 'it is another directory than at the start'])
  return [...found, ...findMissedStates(evidence), ...findReusedNames(evidence)]
}
