/**
 * Where the control group (cgroup) of this process counts: a container's, or a systemd unit's.
 *
 * Version 2 is looked for at the path that /proc/self/cgroup names, version 1 at that of each controller. In a container
 * this path may be the host's: then the files are further up, at the mount itself.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'

/** The directories of our own group and those above it, from the innermost to the mount. */
export interface Groups {
  readonly version: 1 | 2
  readonly directories: readonly string[]
}

/** Controllers of version 1 that count something that we tell. */
export type Controller = 'memory' | 'cpu' | 'cpuacct' | 'blkio' | 'pids'

interface Membership {
  /** None for version 2. */
  readonly controllers: readonly string[]
  readonly path: string
}

/** The groups of a process, from the text of its /proc/self/cgroup: `hierarchy:controllers:path` in each line. */
export const parseMemberships = (text: string): readonly Membership[] =>
  // the path may hold colons
  [...text.matchAll(/^\d+:([^:\n]*):(.*)$/gm)].map(([, controllers = '', path = '']) => ({
    controllers: controllers.split(',').filter((name) => name !== ''),
    path,
  }))

/** `/a/b` as `/a/b`, `/a` and the empty path. */
const upwards = (path: string): readonly string[] => {
  const names = path.split('/').filter((name) => name !== '' && name !== '..')
  return [...names.keys(), names.length].map((count) => names.slice(0, count).join('/')).toReversed()
}

const readMemberships = (root: string) => parseMemberships(readText(join(root, 'proc/self/cgroup')) ?? '')

/** Version 2 alone, also beside version 1: there it is mounted below, and counts pressure. */
export const findUnified = (root: string): Groups => {
  const path = readMemberships(root).find(({ controllers }) => controllers.length === 0)?.path
  const mounts = ['sys/fs/cgroup', 'sys/fs/cgroup/unified']
  return {
    version: 2,
    directories:
      path === undefined
        ? []
        : mounts.flatMap((mount) => upwards(path).map((below) => join(root, mount, below))),
  }
}

/** Where a resource is counted. With both versions mounted it belongs to the one that names it. */
export const findGroups = (root: string, controller: Controller): Groups => {
  const first = readMemberships(root).find(({ controllers }) => controllers.includes(controller))
  if (!first) return findUnified(root)
  // several controllers in one place have a link for each, as systemd mounts them; others only their joint name
  const mounts = [...new Set([controller, first.controllers.join()])]
  return {
    version: 1,
    directories: mounts.flatMap((mount) =>
      upwards(first.path).map((below) => join(root, 'sys/fs/cgroup', mount, below)),
    ),
  }
}

/** What a file is called in either version; undefined where there is none. */
export type FileNames = Readonly<Record<1 | 2, string | undefined>>

/** The paths of a file that there are, from the innermost group to the mount. */
export const filesOf = ({ version, directories }: Groups, names: FileNames): readonly string[] => {
  const name = names[version]
  return name === undefined ? [] : directories.map((directory) => join(directory, name)).filter(existsSync)
}

/** The file of the innermost group that has it. */
export const fileOf = (groups: Groups, names: FileNames): string | undefined => filesOf(groups, names)[0]

/** The text of a file, if there is one. */
export const textOf = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : readText(path)
