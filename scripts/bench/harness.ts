/** What is measured: one run of it, resolving to a number in the unit of the table. */
export interface Contender {
  readonly name: string
  readonly run: () => Promise<number>
}

export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2
}

export interface Result {
  readonly name: string
  readonly median: number
  /** Against the first contender of the same table. */
  readonly ratio: number
}

/**
 * Runs the contenders in turn, so that whatever else the machine does hits all alike, and compares medians.
 * A first round warms caches and is not counted.
 */
export const compare = async (
  contenders: readonly Contender[],
  rounds: number,
): Promise<readonly Result[]> => {
  const samples = new Map(contenders.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, run } of contenders) {
      const sample = await run()
      if (round > 0) samples.get(name)?.push(sample)
    }
  }
  const medians = contenders.map(({ name }) => ({ name, median: median(samples.get(name) ?? []) }))
  const base = medians[0]?.median ?? Number.NaN
  return medians.map((entry) => ({ ...entry, ratio: entry.median / base }))
}

/** A Markdown table of results. */
export const tableOf = (title: string, unit: string, results: readonly Result[]): string =>
  [
    `### ${title}`,
    '',
    `| what | median, ${unit} | ratio |`,
    '|---|---|---|',
    ...results.map(
      ({ name, median: value, ratio }) => `| ${name} | ${value.toFixed(1)} | ${ratio.toFixed(2)} |`,
    ),
    '',
  ].join('\n')
