import { expect, it } from 'vitest'
import { roleOf } from '../../src/task/role.ts'

const none = {
  rank: undefined,
  ompiRank: undefined,
  slurmRank: undefined,
  localRank: undefined,
  outerEvents: undefined,
}

it.each([
  { what: 'one process', given: {}, rank: undefined, writes: true },
  { what: 'rank 0 of torchrun', given: { rank: 0, localRank: 0 }, rank: 0, writes: true },
  { what: 'rank 8, the first on its machine', given: { rank: 8, localRank: 0 }, rank: 8, writes: false },
  { what: 'rank 1 of mpirun', given: { ompiRank: 1 }, rank: 1, writes: false },
  { what: 'rank 0 of srun', given: { slurmRank: 0 }, rank: 0, writes: true },
  { what: 'rank 1 of torchrun under srun', given: { rank: 1, slurmRank: 0 }, rank: 1, writes: false },
  { what: 'a local rank alone', given: { localRank: 3 }, rank: 3, writes: false },
  {
    what: 'rank 0 inside of another taskbeat',
    given: { rank: 0, outerEvents: '/e' },
    rank: 0,
    writes: false,
  },
])('$what: writes progress? $writes', ({ given, rank, writes }) => {
  const role = roleOf({ ...none, ...given })
  expect([role.rank, role.writesProgress]).toEqual([rank, writes])
})
