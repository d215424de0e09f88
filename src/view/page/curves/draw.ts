import type uPlot from 'uplot'
import { colourOf, dashOf, type Line } from './line.ts'
import type { Palette } from './palette.ts'
import { bars, isNoisy, middleOf, type Pixels, pixelsOf } from './pixels.ts'

/** Lines with fewer points than this show each as a dot. */
const dottedPoints = 40
/** Marks that are nearer to each other than this many CSS pixels are one. */
const mergedPx = 10
const lineWidthPx = 1.5
/** The middle of a band is told for each so many CSS pixels. */
const middlePx = 5
/** More pale bands than this hide each other. */
const fewBands = 3

/** How places follow from values on the plot as it is now, in canvas pixels. */
export const placesOn = (plot: uPlot, isLog: boolean) => {
  const { left, top, width, height } = plot.bbox
  const { min: minX = 0, max: maxX = 1 } = plot.scales.x ?? {}
  const { min: minY = 0, max: maxY = 1 } = plot.scales.y ?? {}
  const along = (value: number) => (isLog ? Math.log10(value) : value)
  const [fromX, toX, fromY, toY] = [minX ?? 0, maxX ?? 1, along(minY ?? 0), along(maxY ?? 1)]
  return {
    xOf: (x: number) => left + ((x - fromX) / (toX - fromX || 1)) * width,
    yOf: (y: number) => top + (1 - (along(y) - fromY) / (toY - fromY || 1)) * height,
    shown: { min: fromX, max: toX },
  }
}

/** Through all points, with a break at each gap. */
const polyline = ({ x, y }: Pixels): Path2D => {
  const path = new Path2D()
  for (let index = 0; index < x.length; index += 1) {
    const [atX = 0, atY = Number.NaN] = [x[index], y[index]]
    if (Number.isNaN(atY)) continue
    if (Number.isNaN(y[index - 1] ?? Number.NaN)) path.moveTo(atX, atY)
    else path.lineTo(atX, atY)
  }
  return path
}

/** Where points are few each is seen; a line of one point has no length, and must not be overlooked. */
const dots = (
  { x, y }: Pixels,
  { radius, isDotted }: { readonly radius: number; readonly isDotted: boolean },
): Path2D => {
  const path = new Path2D()
  for (let index = 0; index < x.length; index += 1) {
    const [atX = 0, atY = Number.NaN] = [x[index], y[index]]
    if (Number.isNaN(atY)) continue
    const isSingle = Number.isNaN(y[index - 1] ?? Number.NaN) && Number.isNaN(y[index + 1] ?? Number.NaN)
    if (!isDotted && !isSingle) continue
    path.moveTo(atX + radius, atY)
    path.arc(atX, atY, radius, 0, 2 * Math.PI)
  }
  return path
}

interface LineLook {
  readonly dash: readonly number[]
  readonly colour: string
  readonly isDotted: boolean
}

const strokeLine = (
  ctx: CanvasRenderingContext2D,
  pixels: Pixels,
  { dash, colour, isDotted }: LineLook,
): void => {
  const scale = window.devicePixelRatio
  ctx.strokeStyle = colour
  ctx.lineWidth = lineWidthPx * scale
  ctx.setLineDash(dash.map((length) => length * scale))
  ctx.stroke(polyline(pixels))
  ctx.fillStyle = colour
  ctx.fill(dots(pixels, { radius: 2 * scale, isDotted }))
}

/** What goes up and down within every pixel is a band. */
const fillBand = (ctx: CanvasRenderingContext2D, pixels: Pixels, colour: string): void => {
  const scale = window.devicePixelRatio
  const width = Math.max(1, Math.round(scale))
  ctx.fillStyle = colour
  for (const { x, top, bottom } of bars(pixels, { width, thickness: lineWidthPx * scale })) {
    ctx.fillRect(x * width, top, width, bottom - top)
  }
}

/** Spans of the plot, in canvas pixels, in which values are no finite numbers. */
const strangeSpans = (
  lines: readonly Line[],
  { xOf, shown }: ReturnType<typeof placesOn>,
): readonly (readonly [number, number])[] => {
  const places: number[] = []
  for (const { x, y } of lines) {
    for (let index = 0; index < x.length; index += 1) {
      const at = x[index] ?? 0
      if (y[index] === null && at >= shown.min && at <= shown.max) places.push(xOf(at))
    }
  }
  const merged = mergedPx * window.devicePixelRatio
  const spans: [number, number][] = []
  for (const place of places.toSorted((one, other) => one - other)) {
    const last = spans.at(-1)
    if (last && place - last[1] <= merged) last[1] = place
    else spans.push([place, place])
  }
  return spans
}

const drawStrange = (
  plot: uPlot,
  spans: readonly (readonly [number, number])[],
  { bad, raised }: Palette,
): void => {
  const { ctx } = plot
  const { top, height, left, width } = plot.bbox
  const scale = window.devicePixelRatio
  ctx.font = `600 ${11 * scale}px system-ui, sans-serif`
  ctx.textBaseline = 'top'
  ctx.textAlign = 'left'
  ctx.setLineDash([])
  ctx.lineWidth = scale
  ctx.strokeStyle = bad
  let freeFrom = Number.NEGATIVE_INFINITY
  for (const [from, to] of spans) {
    ctx.fillStyle = bad
    ctx.globalAlpha = 0.16
    ctx.fillRect(from, top, to - from, height)
    ctx.globalAlpha = 1
    ctx.beginPath()
    for (const place of new Set([from, to])) {
      ctx.moveTo(Math.round(place) + 0.5, top)
      ctx.lineTo(Math.round(place) + 0.5, top + height)
    }
    ctx.stroke()
    const textWidth = ctx.measureText('NaN').width
    const place = Math.min(from + 3 * scale, left + width - textWidth - 2 * scale)
    if (place <= freeFrom) continue
    ctx.fillStyle = raised
    ctx.fillRect(place - scale, top, textWidth + 2 * scale, 13 * scale)
    ctx.fillStyle = bad
    ctx.fillText('NaN', place, top + scale)
    freeFrom = place + textWidth + 4 * scale
  }
}

/**
 * Draws all lines, and marks what is no finite number, onto the plot's area. A line
 * that goes up and down within every pixel is a band; among others it is a pale one, with a line through its middle.
 */
export const drawLines = (
  plot: uPlot,
  lines: readonly Line[],
  { isLog, colours }: { readonly isLog: boolean; readonly colours: Palette },
): void => {
  const { ctx } = plot
  const { left, top, width, height } = plot.bbox
  const places = placesOn(plot, isLog)
  ctx.save()
  ctx.beginPath()
  ctx.rect(left, top, width, height)
  ctx.clip()
  ctx.lineJoin = 'bevel'
  const drawn = lines.map((line) => {
    const pixels = pixelsOf(line, { ...places, isLog })
    const look: LineLook = {
      dash: dashOf(line.style),
      colour: colours.series[colourOf(line.style)] ?? colours.ink,
      isDotted: line.x.length < dottedPoints,
    }
    return { line, pixels, look, isBand: isNoisy(pixels) }
  })
  const isAlone = lines.length === 1
  // what is pale lies behind all lines
  for (const { line, pixels, look, isBand } of drawn) {
    ctx.globalAlpha = lines.length > fewBands ? 0.14 : 0.28
    if (isBand && !isAlone) fillBand(ctx, pixels, look.colour)
    if (!line.raw) continue
    const raw = pixelsOf({ x: line.x, y: line.raw }, { ...places, isLog })
    if (isNoisy(raw)) fillBand(ctx, raw, look.colour)
    else strokeLine(ctx, raw, look)
  }
  ctx.globalAlpha = 1
  for (const { pixels, look, isBand } of drawn) {
    if (!isBand) strokeLine(ctx, pixels, look)
    else if (isAlone) fillBand(ctx, pixels, look.colour)
    else strokeLine(ctx, middleOf(pixels, middlePx * window.devicePixelRatio), look)
  }
  drawStrange(plot, strangeSpans(lines, places), colours)
  ctx.restore()
}
