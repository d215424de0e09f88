import { readFileSync } from 'node:fs'

/**
 * A random UUID, version 4. From the kernel where it makes them: to load Node's cryptography would cost the start of a
 * task 5 ms.
 *
 * @see random(4), `/proc/sys/kernel/random/uuid`
 */
export const randomUuid = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/uuid', 'utf8').trim()
  } catch {
    return crypto.randomUUID()
  }
}
