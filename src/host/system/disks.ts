import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'
import { known } from '../known.ts'
import { parseCount } from '../parse-numbers.ts'
import type { Reading } from '../reading.ts'

export interface BlockDevice {
  /** `major:minor` */
  readonly number: string
  readonly name: string
  /** What the kernel counts of it: the first eleven columns. */
  readonly counts: string
}

/** So large is a sector here, whatever the device says. */
const sectorBytes = 512

/** Where files look like disks, or disks are told again: what stands on others, and paths to the same one. */
const notDisks = /^(?:loop|z?ram|dm-|md|sr|fd|bcache|drbd)\d|^nvme\d+c\d+n/

/** `sda1` where there is `sda`, `nvme0n1p2` where there is `nvme0n1`. */
const isPartition = (name: string, names: ReadonlySet<string>): boolean => {
  const stem = name.replace(/\d+$/, '')
  if (stem === name) return false
  return names.has(stem) || (/\dp$/.test(stem) && names.has(stem.slice(0, -1)))
}

/**
 * Block devices from the text of /proc/diskstats, as the kernel lists them.
 *
 * @see https://docs.kernel.org/admin-guide/iostats.html
 */
export const parseBlockDevices = (diskstats: string): readonly BlockDevice[] =>
  [...diskstats.matchAll(/^ *(\d+) +(\d+) (\S+) (\S+(?: \S+){10})/gm)].map(
    ([, major = '', minor = '', name = '', counts = '']) => ({ number: `${major}:${minor}`, name, counts }),
  )

/** Those that are disks themselves, rather than a part of one, a file, or something built on disks. */
export const selectDisks = (devices: readonly BlockDevice[]): readonly BlockDevice[] => {
  const names = new Set(devices.map(({ name }) => name))
  return devices.filter(({ name }) => !notDisks.test(name) && !isPartition(name, names))
}

/** More than a machine has that is used for training; a storage server's would each be five series. */
export const mostDisks = 32

const readingsOf = ({ name, counts }: BlockDevice): readonly Reading[] => {
  const device = { 'system.device.name': name }
  const reading = { ...device, 'disk.io.direction': 'read' }
  const writing = { ...device, 'disk.io.direction': 'write' }
  const [reads, , sectorsRead, , writes, , sectorsWritten, , , busyMs] = counts.split(' ').map(parseCount)
  const bytesOf = (sectors: number | undefined) => sectors && sectors * sectorBytes
  return [
    ...known('system.disk.io', bytesOf(sectorsRead), reading),
    ...known('system.disk.io', bytesOf(sectorsWritten), writing),
    ...known('system.disk.operations', reads, reading),
    ...known('system.disk.operations', writes, writing),
    ...known('system.disk.io_time', busyMs && busyMs / 1_000, device),
  ]
}

/** Readings of the first {@link mostDisks} disks, from the text of /proc/diskstats. */
export const parseDisks = (diskstats: string): readonly Reading[] =>
  selectDisks(parseBlockDevices(diskstats)).slice(0, mostDisks).flatMap(readingsOf)

export const openDisks = (root: string) => (): readonly Reading[] =>
  parseDisks(readText(join(root, 'proc/diskstats')) ?? '')
