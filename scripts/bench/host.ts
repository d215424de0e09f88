/** What a reading of the machine costs: CPU time of this process, in milliseconds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { openHostReader } from '../../src/host/host-reader.ts'
import { readProcessTable, selectDescendants } from '../../src/processes/process-table.ts'
import { compare, type Result, tableOf } from './harness.ts'

/** Starts a process, which starts others; all wait until it is killed. */
const startTree = async (processes: number): Promise<ChildProcess> => {
  const others = processes - 1
  const tree = spawn('bash', ['-c', `for ((at = 0; at < ${others}; at++)); do sleep 600 & done; wait`], {
    detached: true,
    stdio: 'ignore',
  })
  const count = () => selectDescendants(readProcessTable(), tree.pid ?? 0).length
  while (count() < others) await setTimeout(50)
  return tree
}

const endTree = ({ pid }: ChildProcess) => {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL')
}

/** CPU milliseconds of one of so many readings of a tree, after first ones that get to know it. */
const costOf = (readings: number, tree: ChildProcess | undefined) => async (): Promise<number> => {
  const reader = openHostReader({ pid: tree?.pid ?? 0, directory: tmpdir() })
  // the first readings of a large tree meet its processes, some in each
  for (let reading = 0; reading < 20; reading += 1) reader.read()
  const start = process.cpuUsage()
  for (let reading = 0; reading < readings; reading += 1) {
    // lets the question about the file system be answered, as it is between readings
    await setTimeout(1)
    reader.read()
  }
  const { user, system } = process.cpuUsage(start)
  reader.close()
  return (user + system) / 1_000 / readings
}

/** Of trees that no reading looks at as a whole, one after another: they would be in each other's way. */
const costsOfMany = async (readings: number, rounds: number) => {
  const results: Result[] = []
  for (const processes of [100, 300, 600]) {
    const tree = await startTree(processes)
    try {
      const name = `${processes} processes`
      results.push(...(await compare([{ name, run: costOf(readings, tree) }], rounds)))
    } finally {
      endTree(tree)
    }
  }
  return results
}

/**
 * With ten processes of the workload, with none, with many, and with ten on a machine where thousands of others run. The
 * promise is 2 ms for up to 100, and 5 ms for all that are read of a tree that is larger than that. `@opentelemetry/host-metrics` 0.39 needs 5 to 7 ms for half of it, and no control group.
 */
export const benchHost = async (readings: number, rounds: number): Promise<string> => {
  const ten = await startTree(10)
  try {
    const results = await compare(
      [
        { name: 'ten processes', run: costOf(readings, ten) },
        { name: 'no processes', run: costOf(readings, undefined) },
      ],
      rounds,
    )
    const many = await costsOfMany(readings, rounds)
    const crowd = await startTree(2_000)
    try {
      const crowded = await compare(
        [{ name: 'ten processes, beside 2,000 others', run: costOf(readings, ten) }],
        rounds,
      )
      const [base] = results
      return tableOf('A reading of the machine', 'ms of CPU', [
        ...results,
        ...[...many, ...crowded].map((row) => ({ ...row, ratio: row.median / (base?.median ?? Number.NaN) })),
      ])
    } finally {
      endTree(crowd)
    }
  } finally {
    endTree(ten)
  }
}
