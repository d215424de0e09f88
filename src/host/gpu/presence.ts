import { existsSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** The driver's own page, its control device as a container gets it, and the device that WSL 2 has for GPUs. */
const traces = ['proc/driver/nvidia/version', 'dev/nvidiactl', 'dev/dxg']

/** Whether this machine has NVIDIA's driver, as far as can be seen without loading anything. */
export const hasDriver = (root = '/'): boolean => traces.some((path) => existsSync(join(root, path)))

/** What the kernel calls the namespace of pids that every machine begins with. */
const firstNamespace = 'pid:[4026531836]'

/**
 * Whether pids here are those of the machine, as the driver has them.
 *
 * @see pid_namespaces(7); the number is PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h
 */
export const hasPidsOfMachine = (root = '/'): boolean => {
  try {
    return readlinkSync(join(root, 'proc/self/ns/pid')) === firstNamespace
  } catch {
    return false
  }
}
