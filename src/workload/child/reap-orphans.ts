import type { LibC } from './libc.ts'

/**
 * What process 1 of a container owes the others: to wait for those whose parents have ended, or they stay in the
 * process table as zombies. Node waits for its own children only.
 *
 * @see waitid(2), pid_namespaces(7)
 */

/** `<sys/wait.h>`, on all architectures of Linux. */
const allProcesses = 0
const oneProcess = 1
const noHang = 0x00000001
const exited = 0x00000004
const leaveZombie = 0x01000000

/** siginfo_t on 64-bit Linux: 128 bytes, `si_pid` behind three integers and a gap. */
const siginfoBytes = 128
const pidOffset = 16

type WaitId = LibC['waitId']

/** Reaps all zombies but our own children, which Node waits for. Returns whether one of those was in the way. */
export const reapAll = (waitId: WaitId, isOurs: (pid: number) => boolean): boolean => {
  for (;;) {
    const info = Buffer.alloc(siginfoBytes)
    const failed = waitId(allProcesses, 0, info, exited | noHang | leaveZombie) !== 0
    const pid = info.readInt32LE(pidOffset)
    if (failed || pid === 0) return false
    // the kernel shows the same one again until Node has taken it
    if (isOurs(pid)) return true
    waitId(oneProcess, pid, info, exited | noHang)
  }
}

/** Reaps orphans from now on. */
export const reapOrphans = (waitId: WaitId, isOurs: (pid: number) => boolean): void => {
  let isUnderWay = false
  const reap = () => {
    isUnderWay = false
    if (reapAll(waitId, isOurs)) schedule()
  }
  const schedule = () => {
    if (isUnderWay) return
    isUnderWay = true
    setTimeout(reap, 10).unref()
  }
  process.on('SIGCHLD', schedule)
  schedule()
}
