import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { attempt, listDirectories, listSegments } from '../../delivery/spool/disk.ts'
import { judgeOwner } from '../../delivery/spool/owner.ts'
import { scanRecords } from '../../delivery/spool/scan.ts'
import { identify } from '../../processes/identity.ts'
import type { SpoolWaiting } from '../facts.ts'

/** Counts what waits in a spool, of processes that do not live any more, and changes nothing. */
export const gatherSpool = async (dir: string): Promise<SpoolWaiting> => {
  const waiting = { traces: 0, metrics: 0, logs: 0 }
  const self = identify('self')
  const names = await listDirectories(dir).catch(() => [])
  for (const name of names) {
    const owner = judgeOwner(name, self)
    if (owner === 'living' || owner === 'none') continue
    await attempt(async () => {
      for (const path of await listSegments(join(dir, name))) {
        await using file = await open(path, 'r')
        const { size } = await file.stat()
        await scanRecords(file, size, ({ signal, items, isSettled }) => {
          if (!isSettled) waiting[signal] += items
        })
      }
    })
  }
  return waiting
}
