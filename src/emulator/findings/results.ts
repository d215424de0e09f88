import type { Checkpoint, UploadFault } from '../uploads.ts'
import type { FindingId } from './catalogue.ts'
import type { Evidence } from './evidence.ts'
import { type Found, some } from './found.ts'

const faultIds: Readonly<Record<UploadFault, FindingId>> = {
  missing: 'results-missing',
  empty: 'results-empty',
  'not-a-directory': 'results-not-a-directory',
  unreadable: 'results-unreadable',
}

const list = (checkpoints: readonly Checkpoint[]) => some(checkpoints.map(({ name }) => name))

/** What the directories show that the task has named. */
export const findInResults = ({
  checkpoints,
  changedCheckpoints,
  unnamed,
  isUpload,
  end,
}: Evidence): readonly Found[] => {
  const found: Found[] = []
  for (const fault of ['missing', 'empty', 'not-a-directory', 'unreadable'] as const) {
    const faulty = checkpoints.filter((checkpoint) => checkpoint.fault === fault)
    if (faulty.length > 0) found.push([faultIds[fault], `${list(faulty)} when it was named`])
  }
  const withEmptyFile = checkpoints.find(({ emptyFiles }) => emptyFiles.length > 0)
  if (withEmptyFile) {
    found.push(['results-empty-file', `${withEmptyFile.emptyFiles[0]} in '${withEmptyFile.name}'`])
  }
  if (changedCheckpoints.length > 0) {
    found.push(['results-changed', `${some(changedCheckpoints)} after it was named`])
  }
  // before the end, the next state may have been about to name it
  if (isUpload && end.kind === 'completed' && unnamed.length > 0) {
    found.push(['results-unnamed', some(unnamed)])
  }
  return found
}
