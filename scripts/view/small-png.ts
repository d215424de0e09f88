/**
 * A picture of a page as a PNG with a palette of 256 colours, a third of the size. PNG: https://www.w3.org/TR/png-3/
 *
 * @module
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib'

interface Picture {
  readonly width: number
  readonly height: number
  /** A number a pixel, 0xRRGGBB. */
  readonly colours: Uint32Array
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex')

const chunksOf = (png: Buffer): ReadonlyMap<string, Buffer> => {
  const chunks = new Map<string, Buffer>()
  for (let at = signature.length; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const name = png.toString('latin1', at + 4, at + 8)
    const data = png.subarray(at + 8, at + 8 + length)
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.of(), data]))
    at += 12 + length
  }
  return chunks
}

/** The predictor of the fourth filter: what is nearest to left + up - the one between. */
const paeth = (left: number, up: number, between: number): number => {
  const guess = left + up - between
  const [toLeft, toUp, toBetween] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - between)]
  if (toLeft <= toUp && toLeft <= toBetween) return left
  return toUp <= toBetween ? up : between
}

/** Of 8 bits a channel and not interlaced, as browsers make them. */
const decode = (png: Buffer): Picture => {
  const chunks = chunksOf(png)
  const header = chunks.get('IHDR') ?? Buffer.alloc(13)
  const [width, height, depth] = [header.readUInt32BE(0), header.readUInt32BE(4), header.readUInt8(8)]
  const channels = { 2: 3, 6: 4 }[header.readUInt8(9)]
  if (!channels || depth !== 8) throw new Error('a PNG of another kind than browsers make')
  const stride = width * channels
  const packed = inflateSync(chunks.get('IDAT') ?? Buffer.of())
  const plain = new Uint8Array(stride * height)
  for (let y = 0; y < height; y += 1) {
    const filter = packed[y * (stride + 1)] ?? 0
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x
      const left = x >= channels ? (plain[at - channels] ?? 0) : 0
      const up = y > 0 ? (plain[at - stride] ?? 0) : 0
      const between = x >= channels && y > 0 ? (plain[at - stride - channels] ?? 0) : 0
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, between)]
      plain[at] = (packed[y * (stride + 1) + 1 + x] ?? 0) + (guesses[filter] ?? 0)
    }
  }
  const colours = Uint32Array.from({ length: width * height }, (_, pixel) => {
    const [red = 0, green = 0, blue = 0] = plain.subarray(pixel * channels, pixel * channels + 3)
    return (red << 16) | (green << 8) | blue
  })
  return { width, height, colours }
}

const distance = (one: number, other: number): number =>
  ((one >> 16) - (other >> 16)) ** 2 +
  (((one >> 8) & 255) - ((other >> 8) & 255)) ** 2 +
  ((one & 255) - (other & 255)) ** 2

/** The most frequent colours, each standing for those that hardly differ from it. */
const paletteOf = (counts: ReadonlyMap<number, number>): readonly number[] => {
  const alike = new Map<number, number>()
  for (const [colour] of [...counts].toSorted(([, one], [, other]) => other - one)) {
    const key = colour & 0xf8f8f8
    if (!alike.has(key)) alike.set(key, colour)
    if (alike.size === 256) break
  }
  return [...alike.values()]
}

const chunk = (name: string, data: Buffer): Buffer => {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}

export const smallPng = (png: Buffer): Buffer => {
  const { width, height, colours } = decode(png)
  const counts = new Map<number, number>()
  for (const colour of colours) counts.set(colour, (counts.get(colour) ?? 0) + 1)
  const palette = paletteOf(counts)
  const nearest = (colour: number) =>
    palette.reduce(
      (best, candidate, index) =>
        distance(candidate, colour) < distance(palette[best] ?? 0, colour) ? index : best,
      0,
    )
  const places = new Map(Array.from(counts.keys(), (colour) => [colour, nearest(colour)]))
  const lines = Buffer.alloc((width + 1) * height)
  colours.forEach((colour, pixel) => {
    lines[pixel + 1 + Math.floor(pixel / width)] = places.get(colour) ?? 0
  })
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // 8 bits that are numbers of a palette
  header.set([8, 3, 0, 0, 0], 8)
  const rgb = Buffer.from(palette.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]))
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', rgb),
    chunk('IDAT', deflateSync(lines, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.of()),
  ])
}
