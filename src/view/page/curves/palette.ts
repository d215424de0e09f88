import { type ReadonlySignal, signal } from '@preact/signals'

/** The tokens as a canvas needs them: a canvas knows neither variables nor `light-dark()`. */
export interface Palette {
  readonly ink: string
  readonly muted: string
  readonly line: string
  readonly raised: string
  readonly bad: string
  /** `--series-1` to `--series-8`. */
  readonly series: readonly string[]
}

/** An element's computed colour is the resolved one, whatever the token is made of. */
const readPalette = (): Palette => {
  const probe = document.createElement('span')
  probe.hidden = true
  document.body.append(probe)
  const read = (token: string): string => {
    probe.style.color = `var(--${token})`
    return getComputedStyle(probe).color
  }
  const palette = {
    ink: read('ink'),
    muted: read('ink-muted'),
    line: read('line'),
    raised: read('raised'),
    bad: read('bad'),
    series: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => read(`series-${number}`)),
  }
  probe.remove()
  return palette
}

let current: ReturnType<typeof signal<Palette>> | undefined

/** The colours now; they follow the theme: the system's, or the one that was chosen. */
export const palette = (): ReadonlySignal<Palette> => {
  if (current) return current as ReadonlySignal<Palette>
  const colours = signal(readPalette())
  const readAgain = () => {
    colours.value = readPalette()
  }
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-contrast: more)']) {
    matchMedia(query).addEventListener('change', readAgain)
  }
  new MutationObserver(readAgain).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-theme', 'class'],
  })
  current = colours
  return colours
}
