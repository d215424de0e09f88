import { identify } from '../../processes/identity.ts'
import { listDirectories } from '../spool/disk.ts'
import { judgeOwner } from '../spool/owner.ts'

/**
 * The processes, in words, whose part of a spool was not taken over, as they write it now, or may: `process 4711`.
 *
 * @throws what the disk says
 */
export const findLeftAlone = async (spoolDir: string): Promise<readonly string[]> => {
  const self = identify('self')
  const names = await listDirectories(spoolDir)
  const found = names.flatMap((name) => {
    const owner = judgeOwner(name, self)
    const [pid] = name.split('-')
    if (owner === 'living' && pid !== String(process.pid)) return [`process ${pid}`]
    return owner === 'elsewhere' ? [`process ${pid} of another container or machine`] : []
  })
  return [...new Set(found)]
}
