import { expect, it } from 'vitest'
import { sizeText } from '../../src/terminal/size.ts'

it.each([
  { bytes: 0, text: '0 B' },
  { bytes: 1_023, text: '1023 B' },
  { bytes: 1_024, text: '1.0 KiB' },
  { bytes: 1_536, text: '1.5 KiB' },
  { bytes: 2 ** 20 - 1, text: '1.0 MiB' },
  { bytes: 2 ** 31, text: '2.0 GiB' },
  { bytes: 80 * 2 ** 30, text: '80.0 GiB' },
  { bytes: 2 ** 62, text: '4096.0 PiB' },
])('$bytes bytes are $text', ({ bytes, text }) => {
  expect(sizeText(bytes)).toBe(text)
})
