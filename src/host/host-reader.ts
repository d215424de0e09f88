import { join } from 'node:path'
import { type Clock, systemClock } from '../clock.ts'
import { openGroupCpu } from './cgroup/cpu.ts'
import { openGroupDisk } from './cgroup/disk.ts'
import { openGroupMemory } from './cgroup/memory.ts'
import { openGroupPressure } from './cgroup/pressure.ts'
import { openGroupThreads } from './cgroup/threads.ts'
import { openFileSystem } from './file-system.ts'
import { openProcessTree } from './process-tree/process-tree.ts'
import type { Reading } from './reading.ts'
import { openCpus } from './system/cpu.ts'
import { openDisks } from './system/disks.ts'
import { openMemory } from './system/memory.ts'
import { openInterfaces } from './system/network.ts'
import { openNodeOs } from './system/node-os.ts'

/** Reads what the machine, our control group and the processes of the workload use. */
export interface HostReader {
  /**
   * What is known at this moment; nothing is read between two calls. What cannot be read is left out: a file that is not
   * there costs its own values only, and nothing throws. Utilizations are of the time since the call before, and so
   * left out in the first one, and within 100 ms of another.
   */
  readonly read: () => readonly Reading[]
  /** Pids of the workload's processes that lived at the last reading. */
  readonly pids: () => ReadonlySet<number>
  /** Ends reading: there are no readings any more. */
  readonly close: () => void
}

export interface HostReaderOptions {
  /** The root of the workload's process tree. It lives when the reader is opened. */
  readonly pid: number
  /** The results directory: the space of its file system is told. */
  readonly directory: string
  /** A child of ours that is none of the workload's, such as the one that reads the GPUs. @default none */
  readonly exceptPid?: () => number | undefined
  /** Is told what explains values that are missing. @default nobody */
  readonly onDebug?: (text: string) => void
  /** Where /proc and /sys are. @default '/' */
  readonly root?: string
  readonly clock?: Clock
  /** Whether machine and control group are told of too. @default 'all' */
  readonly what?: 'all' | 'processes'
  /** Other systems than Linux have neither /proc nor control groups: there Node.js says what it knows. */
  readonly platform?: NodeJS.Platform
}

/** A counter that is broken must not break what sums it up. */
const isSound = ({ value }: Reading) => Number.isFinite(value) && value >= 0

/**
 * Opens the files that tell of the machine. They are found once: of a process that is moved to another control group,
 * the first one is told.
 *
 * A reading costs 1 to 2 ms of CPU with ten processes of the workload, one and a half times that with 100 and three
 * times that with 512 (`npm run bench host`), all of it at once: the heartbeat waits meanwhile. So it looks at few
 * processes, in turns: see `process-tree/members.ts`.
 */
export const openHostReader = ({
  pid,
  directory,
  exceptPid,
  onDebug,
  what = 'all',
  root = '/',
  clock = systemClock,
  platform = process.platform,
}: HostReaderOptions): HostReader => {
  const openLinux = () => {
    const groupCpu = openGroupCpu(root, clock)
    const tree = openProcessTree({
      ...{ pid, proc: join(root, 'proc'), clock, cpuLimit: groupCpu.limit },
      ...(pid !== process.pid && { waiter: process.pid }),
      ...(exceptPid && { exceptPid }),
      ...(onDebug && { onDebug }),
    })
    if (what === 'processes') return { sources: [tree.read], pids: tree.pids }
    const sources = [
      openCpus(root, clock),
      openMemory(root),
      openDisks(root),
      openInterfaces(root),
      groupCpu.read,
      openGroupMemory(root),
      openGroupPressure(root),
      openGroupThreads(root),
      openGroupDisk(root),
      tree.read,
      openFileSystem(directory),
    ]
    return { sources, pids: tree.pids }
  }
  const nobody: ReadonlySet<number> = new Set()
  const openOther = () => ({
    sources: what === 'all' ? [openNodeOs(clock), openFileSystem(directory)] : [],
    pids: () => nobody,
  })
  const system = platform === 'linux' ? openLinux() : openOther()
  let { sources } = system
  return {
    read: () => sources.flatMap((read) => read()).filter(isSound),
    pids: system.pids,
    close: () => {
      sources = []
    },
  }
}
