import { optional, setting } from '../row.ts'
import { oneOf, text } from '../value.ts'

/** The platform's worker, as the emulator and the judge play it. */
export const worker = {
  resultHandling: setting({
    kind: oneOf('upload', 'none'),
    group: 'worker',
    flag: 'result-handling',
    default: 'upload',
    example: 'none',
    doc: "the task's result handling strategy",
  }),
  watchMode: setting({
    kind: oneOf('watch', 'poll'),
    group: 'worker',
    flag: 'mode',
    default: 'watch',
    example: 'poll',
    doc: 'how the platform looks at the progress file: `watch` for container tasks, `poll` for Helm charts',
  }),
  emulatedTaskId: optional({
    kind: text,
    group: 'worker',
    flag: 'task-id',
    defaultText: 'a new UUID; `judge`: the first one in the documents',
    example: '579ad430-a4ba-46ee-88ae-d2db2f4a4b1a',
    doc: 'the id that the task is given',
  }),
} as const
