import type { Entry } from './exporter-entry.ts'

/** What each layer says; undefined: it says nothing, which is not the same as an empty list. */
export interface Layers {
  readonly direct: readonly Entry[] | undefined
  /** Read only if it counts. */
  readonly file: () => Promise<readonly Entry[] | undefined>
  /** Read only if it counts. */
  readonly packages: () => Promise<readonly Entry[] | undefined>
}

const overriding = (base: Entry, over: Entry): Entry =>
  base.kind === 'configured' && over.kind === 'configured'
    ? { ...over, config: { ...base.config, ...over.config } }
    : over

/**
 * Upstream's merge: an entry of `over` takes the place of all of its name below, with their configuration where it says
 * nothing itself; the rest stays. Of several of a name in `over` the last one counts. One that does not say `enabled` is
 * enabled, whatever is below.
 *
 * @see https://github.com/NVIDIA/nv-one-logger `exporter/export_config_manager.py`, `_merge_configs`
 */
export const mergeEntries = (base: readonly Entry[], over: readonly Entry[]): readonly Entry[] => {
  const last = new Map(over.map((entry) => [entry.name, entry]))
  const replaced = new Set<string>()
  const below = base.flatMap((entry) => {
    const above = last.get(entry.name)
    if (!above) return [entry]
    if (replaced.has(entry.name)) return []
    replaced.add(entry.name)
    return [overriding(entry, above)]
  })
  return [...below, ...[...last.values()].filter(({ name }) => !replaced.has(name))]
}

/** The entries that count: those of the highest layer that is present, whole; or merged over the next one. */
export const chooseEntries = async (
  { direct, file, packages }: Layers,
  merge: boolean,
): Promise<readonly Entry[]> => {
  if (direct && !merge) return direct
  const base = (await file()) ?? (await packages()) ?? []
  return direct ? mergeEntries(base, direct) : base
}
