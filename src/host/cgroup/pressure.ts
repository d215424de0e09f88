/**
 * How long the threads of our control group waited for something that others, or they themselves, used up.
 *
 * @see https://docs.kernel.org/accounting/psi.html
 */
import { known } from '../known.ts'
import type { Reading } from '../reading.ts'
import { fileOf, findUnified, textOf } from './groups.ts'

const resources = ['cpu', 'memory', 'io'] as const

/** Readings of one resource from the text of its file: `some avg10=0.00 … total=1234`, in microseconds. */
export const parsePressure = (
  resource: (typeof resources)[number],
  text: string | undefined,
): readonly Reading[] =>
  [...(text ?? '').matchAll(/^(some|full) .*\btotal=(\d+)$/gm)].flatMap(([, scope = '', total]) =>
    known('taskbeat.cgroup.pressure.time', Number(total) / 1e6, {
      'taskbeat.pressure.resource': resource,
      'taskbeat.pressure.scope': scope,
    }),
  )

/** Readings of all resources, from version 2: version 1 has none. The files are looked for once. */
export const openGroupPressure = (root: string): (() => readonly Reading[]) => {
  const groups = findUnified(root)
  const files = resources.map((resource) => ({
    resource,
    path: fileOf(groups, { 1: undefined, 2: `${resource}.pressure` }),
  }))
  return () => files.flatMap(({ resource, path }) => parsePressure(resource, textOf(path)))
}
