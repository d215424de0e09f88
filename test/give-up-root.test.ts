import { expect, it } from 'vitest'
import { chooseUser } from '../src/give-up-root.ts'

it.each([
  { owner: 'a user', stats: { uid: 1000, gid: 1001, mode: 0o40755 }, becomes: { uid: 1000, gid: 1001 } },
  {
    owner: 'a user, open to all',
    stats: { uid: 1000, gid: 1000, mode: 0o40777 },
    becomes: { uid: 1000, gid: 1000 },
  },
  {
    owner: 'root, open to all',
    stats: { uid: 0, gid: 0, mode: 0o41777 },
    becomes: { uid: 65_532, gid: 65_532 },
  },
  { owner: 'root, closed to others', stats: { uid: 0, gid: 0, mode: 0o40775 }, becomes: undefined },
])('for a results directory of $owner root becomes $becomes', ({ stats, becomes }) => {
  expect(chooseUser(stats)).toEqual(becomes)
})
