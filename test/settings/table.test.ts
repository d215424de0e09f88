import { expect, it } from 'vitest'
import { bridge } from '../../src/settings/groups/bridge.ts'
import { doctor } from '../../src/settings/groups/doctor.ts'
import { emulator } from '../../src/settings/groups/emulator.ts'
import { general } from '../../src/settings/groups/general.ts'
import { machine } from '../../src/settings/groups/machine.ts'
import { naming } from '../../src/settings/groups/naming.ts'
import { fromPlatform } from '../../src/settings/groups/platform.ts'
import { progress } from '../../src/settings/groups/progress.ts'
import { replay } from '../../src/settings/groups/replay.ts'
import { simulation } from '../../src/settings/groups/simulation.ts'
import { supervision } from '../../src/settings/groups/supervision.ts'
import { telemetry } from '../../src/settings/groups/telemetry.ts'
import { traceConfig } from '../../src/settings/groups/trace-config.ts'
import { view } from '../../src/settings/groups/view.ts'
import { worker } from '../../src/settings/groups/worker.ts'
import { table } from '../../src/settings/table.ts'

it('no two groups have a field of the same name: one would take the place of the other', () => {
  const groups = [
    bridge,
    doctor,
    emulator,
    general,
    machine,
    naming,
    fromPlatform,
    progress,
    replay,
    simulation,
    supervision,
    telemetry,
    traceConfig,
    view,
    worker,
  ]
  const fields = groups.flatMap((group) => Object.keys(group))
  expect(fields.toSorted()).toEqual(Object.keys(table).toSorted())
})

it('no two flags have the same letter, and none has that of help', () => {
  const letters = Object.values(table).flatMap((row) => ('short' in row ? [row.short] : []))
  expect(letters.filter((letter) => !/^[a-gi-z]$/.test(letter))).toEqual([])
  expect(new Set(letters).size).toBe(letters.length)
})
