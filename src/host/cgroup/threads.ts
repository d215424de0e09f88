/** @see https://docs.kernel.org/admin-guide/cgroup-v1/pids.html: what it counts and limits are threads */

import { readText } from '../../processes/read-text.ts'
import { known } from '../known.ts'
import { parseCount } from '../parse-numbers.ts'
import type { Reading } from '../reading.ts'
import { fileOf, filesOf, findGroups, textOf } from './groups.ts'
import { tightestLimit } from './memory.ts'

/** Readings of the threads of our control group; the files are looked for once. */
export const openGroupThreads = (root: string): (() => readonly Reading[]) => {
  const groups = findGroups(root, 'pids')
  const current = fileOf(groups, { 1: 'pids.current', 2: 'pids.current' })
  const limits = filesOf(groups, { 1: 'pids.max', 2: 'pids.max' })
  return () => [
    ...known('taskbeat.cgroup.thread.count', parseCount(textOf(current))),
    ...known('taskbeat.cgroup.thread.limit', tightestLimit(limits.map(readText))),
  ]
}
