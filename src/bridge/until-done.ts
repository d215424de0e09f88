import { existsSync } from 'node:fs'
import { isLiving, readProcessTable } from '../processes/process-table.ts'

/** How the end of a job shows. */
export type DoneSign =
  | { readonly kind: 'marker'; readonly path: string }
  | { readonly kind: 'process'; readonly name: string }

/** `process:NAME`, or the path of a file. */
export const parseDoneSign = (text: string): DoneSign => {
  const [, name] = /^process:(.+)$/.exec(text) ?? []
  return name === undefined ? { kind: 'marker', path: text } : { kind: 'process', name }
}

/** The kernel keeps so many characters of a process's name. */
const keptCharacters = 15

const isRunning = (name: string) =>
  readProcessTable().some((entry) => isLiving(entry) && entry.name === name.slice(0, keptCharacters))

/** Makes a check whether the job has ended: its marker is there, or its process was seen and is gone. */
export const createDoneCheck = (
  sign: DoneSign,
  {
    exists = existsSync,
    runs = isRunning,
  }: { exists?: (path: string) => boolean; runs?: (name: string) => boolean } = {},
): (() => boolean) => {
  if (sign.kind === 'marker') return () => exists(sign.path)
  let wasThere = false
  return () => {
    const isThere = runs(sign.name)
    const isGone = wasThere && !isThere
    wasThere ||= isThere
    return isGone
  }
}
