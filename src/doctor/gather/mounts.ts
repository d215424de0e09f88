import type { FileSystem } from '../facts.ts'

export interface Mount extends FileSystem {
  readonly place: string
}

/** Blanks and their like are written as `\040` there. */
const withoutEscapes = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

/**
 * What is mounted where, from the text of /proc/self/mountinfo.
 *
 * @see https://docs.kernel.org/filesystems/proc.html (3.5 /proc/<pid>/mountinfo)
 */
export const parseMounts = (text: string): readonly Mount[] =>
  text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const place = before.split(' ')[4]
    const [type, source = ''] = after.split(' ')
    return place && type ? [{ place: withoutEscapes(place), type, source: withoutEscapes(source) }] : []
  })

const isBelow = (path: string, place: string) =>
  path === place || path.startsWith(place.endsWith('/') ? place : `${place}/`)

/** The mount that a path, without links, lies on: the innermost, and of several on one place the last. */
export const findMount = (path: string, mounts: readonly Mount[]): FileSystem | undefined => {
  const found = mounts
    .filter(({ place }) => isBelow(path, place))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.place.length > mount.place.length ? best : mount),
      undefined,
    )
  return found && { type: found.type, source: found.source }
}
