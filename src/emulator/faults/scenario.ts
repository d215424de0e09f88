import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import yaml from 'yaml'
import type { Fault } from './fault.ts'
import { parseFault } from './grammar.ts'

const entrySchema = v.union([
  v.string(),
  v.strictObject({
    fault: v.string(),
    at: v.optional(v.string()),
    for: v.optional(v.string()),
    every: v.optional(v.number()),
    signal: v.optional(v.string()),
  }),
])

type Entry = v.InferOutput<typeof entrySchema>

/** An entry of a scenario as `--fault` writes it; `for` counts from `at`: `10s` and then `30s` is `10s30s`. */
const faultText = (entry: Entry): string => {
  if (typeof entry === 'string') return entry
  const { fault, at, every, signal } = entry
  const from = at ?? (entry.for === undefined ? undefined : '0s')
  const time = from === undefined ? '' : `@${from}${entry.for === undefined ? '' : `-${from}${entry.for}`}`
  return [`${fault}${time}`, every !== undefined && `every=${every}`, signal && `signal=${signal}`]
    .filter(Boolean)
    .join(',')
}

/** The faults of a scenario file, or the first thing that is wrong with it. */
export const readScenario = (
  file: string,
): { readonly faults: readonly Fault[] } | { readonly problem: string } => {
  let entries: unknown
  try {
    entries = yaml.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return { problem: `the scenario '${file}' cannot be read: ${(error as Error).message.split('\n')[0]}` }
  }
  if (!Array.isArray(entries))
    return { problem: `the scenario '${file}' is no list, such as '- {fault: down, at: 10s, for: 30s}'` }
  const faults: Fault[] = []
  for (const [index, value] of entries.entries()) {
    const entry = v.safeParse(entrySchema, value)
    const parsed = entry.success
      ? parseFault(faultText(entry.output))
      : { problem: `it has the keys fault, at, for, every and signal; times are written as 10s` }
    if ('problem' in parsed)
      return { problem: `entry ${index + 1} of the scenario '${file}': ${parsed.problem}` }
    faults.push(parsed.fault)
  }
  return { faults }
}
