import { type ReadonlySignal, untracked, useComputed, useSignalEffect } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type XKind, xInWords } from './axis-words.ts'
import { type Canvas, canvasHeight, createCanvas, type Picture } from './canvas.ts'
import type { Extent } from './extent.ts'
import { listenToGestures } from './gestures.ts'
import type { Line } from './line.ts'
import { dotsAt, layer, place, showDots } from './markers.ts'
import { nearestIndex, stepFrom, toleranceOf, valueAt } from './nearest.ts'
import { palette } from './palette.ts'
import type { Measure } from './units.ts'

/** What people do with a chart, in terms of its x axis. */
export interface PlotActions {
  readonly onCursor: (x: number | undefined) => void
  readonly onSelect: (range: Extent) => void
  /** `factor` of what is shown; above 1 there is more to see. */
  readonly onZoom: (factor: number, aroundX: number) => void
  readonly onAll: () => void
  /** The moment is to be looked at elsewhere, too. */
  readonly onPin: (x: number) => void
}

interface PlotProps extends PlotActions {
  /** A sentence that says what is to be seen. */
  readonly label: ReadonlySignal<string>
  readonly lines: ReadonlySignal<readonly Line[]>
  readonly shown: ReadonlySignal<Extent>
  readonly cursor: ReadonlySignal<number | undefined>
  /** What people chose to look at. */
  readonly moment?: ReadonlySignal<number | undefined>
  readonly xKind: XKind
  readonly isLog: boolean
  readonly measure: ReadonlySignal<Measure>
  readonly width: ReadonlySignal<number>
  /** A canvas out of view is given back: hundreds of them are much memory. */
  readonly isDrawn: ReadonlySignal<boolean>
}

/** More values than this nobody wants to hear. */
const spokenLines = 8

/** Values of all lines at one x, as a sentence. */
const valuesInWords = (
  lines: readonly Line[],
  x: number,
  { shown, xKind, measure }: { readonly shown: Extent; readonly xKind: XKind; readonly measure: Measure },
): string => {
  const span = shown.max - shown.min
  const values = lines.slice(0, spokenLines).map((line) => {
    const value = measure.inWords(valueAt(line, x, toleranceOf(shown)))
    return line.label === '' ? value : `${line.label} ${value}`
  })
  return `${xInWords(xKind, x, span)}: ${values.join(', ')}`
}

/** One chart: canvas, cursor, selection by pointer and keys. */
export const Plot = ({
  lines,
  shown,
  cursor,
  moment,
  label,
  xKind,
  isLog,
  measure,
  width,
  isDrawn,
  ...on
}: PlotProps) => {
  const host = useRef<HTMLDivElement>(null)
  const canvas = useRef<Canvas | undefined>(undefined)
  const markers = useRef<Record<'cursor' | 'moment' | 'dots', HTMLElement> | undefined>(undefined)
  const actions = useRef(on)
  actions.current = on

  const pictureNow = (): Picture => ({
    lines: lines.value,
    shown: shown.value,
    isLog,
    measure: measure.value,
    colours: palette().value,
  })

  const placeMarkers = (): void => {
    place(markers.current?.cursor, cursor.value, shown.value)
    place(markers.current?.moment, moment?.value, shown.value)
    const at = cursor.value
    if (!markers.current || !canvas.current) return
    const dots = at === undefined ? [] : dotsAt(lines.value, at, shown.value)
    showDots(markers.current.dots, dots, { shown: shown.value, downOf: canvas.current.downOf })
  }

  const end = useRef<(() => void) | undefined>(undefined)
  const start = (element: HTMLElement): void => {
    const made = createCanvas(element, {
      xKind,
      width: width.peek(),
      first: pictureNow(),
      onDrawn: () => untracked(placeMarkers),
    })
    const [brush, atMoment, atCursor, dots] = [
      layer('curves-brush'),
      layer('curves-moment'),
      layer('curves-cursor'),
      layer('curves-dots'),
    ]
    made.over.append(brush, atMoment, atCursor, dots)
    dots.hidden = false
    canvas.current = made
    markers.current = { cursor: atCursor, moment: atMoment, dots }
    const xOf = (place: number): number => {
      const { min, max } = shown.peek()
      return min + place * (max - min)
    }
    const stop = listenToGestures(made.over, {
      onHover: (place) => actions.current.onCursor(place === undefined ? undefined : xOf(place)),
      onBrush: (places) => {
        brush.hidden = places === undefined
        if (!places) return
        brush.style.left = `${100 * Math.min(...places)}%`
        brush.style.width = `${100 * Math.abs(places[1] - places[0])}%`
      },
      onSelect: (from, to) => actions.current.onSelect({ min: xOf(from), max: xOf(to) }),
      onAll: () => actions.current.onAll(),
      onZoom: (factor, place) => actions.current.onZoom(factor, xOf(place)),
      onPin: (place) => actions.current.onPin(xOf(place)),
    })
    end.current = () => {
      stop()
      made.end()
      canvas.current = undefined
      markers.current = undefined
      end.current = undefined
    }
  }

  useSignalEffect(() => {
    const picture = pictureNow()
    const widthNow = width.value
    if (!isDrawn.value || widthNow === 0 || !host.current) {
      end.current?.()
      return
    }
    if (!canvas.current) start(host.current)
    else {
      canvas.current.resize(widthNow)
      canvas.current.show(picture)
    }
    // the cursor moves often, and must not draw anything anew
    untracked(placeMarkers)
  })
  useSignalEffect(placeMarkers)
  useEffect(() => () => end.current?.(), [])

  const valueMin = useComputed(() => shown.value.min)
  const valueMax = useComputed(() => shown.value.max)
  const valueNow = useComputed(() => cursor.value ?? shown.value.max)
  const valueText = useComputed(() => {
    const at = cursor.value
    return at === undefined
      ? label.value
      : valuesInWords(lines.value, at, { shown: shown.value, xKind, measure: measure.value })
  })

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.metaKey || event.ctrlKey) return
    if (actOnKey(event, { lines: lines.peek(), shown: shown.peek(), cursor: cursor.peek(), on }))
      event.preventDefault()
  }

  return (
    <div
      ref={host}
      class="curves-plot"
      data-part="chart"
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={valueMin}
      aria-valuemax={valueMax}
      aria-valuenow={valueNow}
      aria-valuetext={valueText}
      style={{ height: `${canvasHeight}px` }}
      onKeyDown={onKeyDown}
    />
  )
}

/** Does what a key asks for; false where it asks for nothing. */
const actOnKey = (
  { key, shiftKey }: KeyboardEvent,
  {
    lines,
    shown,
    cursor,
    on,
  }: {
    readonly lines: readonly Line[]
    readonly shown: Extent
    readonly cursor: number | undefined
    readonly on: PlotActions
  },
): boolean => {
  const longest = lines.toSorted((one, other) => other.x.length - one.x.length)[0]?.x ?? []
  const x = longest.filter((at) => at >= shown.min && at <= shown.max)
  const middle = (shown.min + shown.max) / 2
  const go = (by: number) => on.onCursor(stepFrom(x, cursor, by))
  const far = Math.max(1, Math.round(x.length / 20))
  const deeds: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => go(shiftKey ? -far : -1),
    ArrowRight: () => go(shiftKey ? far : 1),
    ArrowDown: () => go(shiftKey ? -far : -1),
    ArrowUp: () => go(shiftKey ? far : 1),
    PageDown: () => go(-far),
    PageUp: () => go(far),
    Home: () => on.onCursor(x[0]),
    End: () => on.onCursor(x.at(-1)),
    Enter: () => cursor !== undefined && on.onPin(x[nearestIndex(x, cursor)] ?? cursor),
    Escape: on.onAll,
    '+': () => on.onZoom(0.5, cursor ?? middle),
    '=': () => on.onZoom(0.5, cursor ?? middle),
    '-': () => on.onZoom(2, cursor ?? middle),
  }
  deeds[key]?.()
  return Object.hasOwn(deeds, key)
}
