/**
 * What our control group read from disks and wrote to them.
 *
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html (io.stat)
 * @see https://docs.kernel.org/admin-guide/cgroup-v1/blkio-controller.html
 */
import { join } from 'node:path'
import { readText } from '../../processes/read-text.ts'
import { known } from '../known.ts'
import type { Reading } from '../reading.ts'
import { parseBlockDevices, selectDisks } from '../system/disks.ts'
import { fileOf, findGroups, textOf } from './groups.ts'

interface Traffic {
  /** `major:minor` of a device. */
  readonly number: string
  readonly direction: 'read' | 'write'
  readonly bytes: number
}

/** `259:0 rbytes=1 wbytes=2 …` of version 2, `259:0 Read 1` of version 1. */
export const parseTraffic = (text: string): readonly Traffic[] =>
  text.split('\n').flatMap((line): readonly Traffic[] => {
    const number = /^\d+:\d+(?= )/.exec(line)?.[0]
    if (number === undefined) return []
    return [...line.matchAll(/ (rbytes=|wbytes=|Read |Write )(\d+)(?= |$)/g)].map(([, key = '', bytes]) => ({
      number,
      direction: /^r/i.test(key) ? 'read' : 'write',
      bytes: Number(bytes),
    }))
  })

/** Devices that stand on others, which count what they do too, from the text of /proc/diskstats: by number. */
export const parseCountedTwice = (diskstats: string): ReadonlySet<string> => {
  const devices = parseBlockDevices(diskstats)
  const disks = new Set(selectDisks(devices).map(({ number }) => number))
  return new Set(devices.map(({ number }) => number).filter((number) => !disks.has(number)))
}

/** Readings of the sums of all devices but those of which others tell. */
const trafficReadings = (
  traffic: readonly Traffic[],
  countedTwice: ReadonlySet<string>,
): readonly Reading[] => {
  const sums = { read: 0, write: 0 }
  for (const { number, direction, bytes } of traffic) if (!countedTwice.has(number)) sums[direction] += bytes
  return Object.entries(sums).flatMap(([direction, bytes]) =>
    known('container.disk.io', bytes, { 'disk.io.direction': direction }),
  )
}

/** Readings of disks; the file is looked for once, and what devices are is asked when there is a new one. */
export const openGroupDisk = (root: string): (() => readonly Reading[]) => {
  const groups = findGroups(root, 'blkio')
  const path =
    fileOf(groups, { 1: 'blkio.throttle.io_service_bytes_recursive', 2: 'io.stat' }) ??
    // kernels before 4.15 do not add up the groups below
    fileOf(groups, { 1: 'blkio.throttle.io_service_bytes', 2: undefined })
  const seen = new Set<string>()
  let countedTwice: ReadonlySet<string> = new Set()
  return () => {
    const text = textOf(path)
    if (text === undefined) return []
    const traffic = parseTraffic(text)
    if (traffic.some(({ number }) => !seen.has(number))) {
      for (const { number } of traffic) seen.add(number)
      countedTwice = parseCountedTwice(readText(join(root, 'proc/diskstats')) ?? '')
    }
    return trafficReadings(traffic, countedTwice)
  }
}
