import { expect, it } from 'vitest'
import type { LibC } from '../../../src/workload/child/libc.ts'
import { reapAll } from '../../../src/workload/child/reap-orphans.ts'

/** A kernel with zombies, in the order in which it shows them. */
const kernel = (...zombies: number[]) => {
  const reaped: number[] = []
  const waitId: LibC['waitId'] = (which, id, info, options) => {
    const leaves = (options & 0x01000000) !== 0
    const pid = which === 0 ? zombies[0] : zombies.find((zombie) => zombie === id)
    if (zombies.length === 0) return -1
    info.writeInt32LE(pid ?? 0, 16)
    if (!leaves && pid !== undefined) reaped.push(...zombies.splice(zombies.indexOf(pid), 1))
    return 0
  }
  return { waitId, reaped, zombies }
}

it('orphans are reaped until there is none', () => {
  const { waitId, reaped, zombies } = kernel(11, 12, 13)
  expect(reapAll(waitId, () => false)).toBe(false)
  expect([reaped, zombies]).toEqual([[11, 12, 13], []])
})

it('our own child is left to Node, and said to be in the way', () => {
  const { waitId, reaped, zombies } = kernel(11, 7, 12)
  expect(reapAll(waitId, (pid) => pid === 7)).toBe(true)
  expect([reaped, zombies]).toEqual([[11], [7, 12]])
})
