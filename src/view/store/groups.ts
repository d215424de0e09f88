import type { ShownSeries } from '../api.ts'

type Group = ShownSeries['group']

/** As `src/semconv` names what taskbeat tells; then as others name the same, `DCGM_FI_DEV_GPU_UTIL` or `train/loss`. */
const patterns: readonly (readonly [Group, RegExp])[] = [
  ['training', /^taskbeat\.(training|sampling)\./],
  ['gpu', /^hw\.|^taskbeat\.gpu\./],
  ['machine', /^(system|process|container|host|k8s|v8js|nodejs|jvm|cpython)\.|^taskbeat\.(cgroup|process)\./],
  ['other', /^taskbeat\.|^task_|^otelcol|^otlp\./],
  ['gpu', /(^|[^a-z])(gpu|dcgm|nvidia|nvml|cuda)([^a-z]|$)/i],
  ['machine', /(^|[^a-z])(cpu|memory|disk|network|rss)([^a-z]|$)/i],
  [
    'training',
    /(^|[^a-z])(train|training|eval|val|loss|lr|learning_rate|accuracy|perplexity|grad|gradient|reward|epoch|tokens?)([^a-z]|$)/i,
  ],
]

/** By which curves stand together on the page. */
export const groupOf = (name: string): Group =>
  patterns.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other'
