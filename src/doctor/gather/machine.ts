import { arch, platform, release } from 'node:os'
import type { Clock } from '../../clock.ts'
import { openGroupCpu } from '../../host/cgroup/cpu.ts'
import { memoryLimitBytes } from '../../host/cgroup/memory.ts'
import { loadLibC } from '../../workload/child/libc.ts'
import type { MachineFacts } from '../facts.ts'

/** @param root - where /proc and /sys are */
export const gatherMachine = async (clock: Clock, root = '/'): Promise<MachineFacts> => ({
  nodeVersion: process.versions.node,
  system: `${platform()} ${release()}, ${arch()}`,
  uid: process.getuid?.(),
  nowMs: clock.now().getTime(),
  // undefined for a name that nobody knows, which the types do not say
  timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  hasKoffi: (await loadLibC()) !== undefined,
  memoryLimitBytes: memoryLimitBytes(root),
  cpuLimit: openGroupCpu(root, clock).limit(),
})
