import { describe, expect, it } from 'vitest'
import { harmless, harmlessLine } from '../../../../src/view/page/virtual/harmless.ts'

describe('text from outside', () => {
  it.each([
    { what: 'plain text', text: 'loss=0.1, 42 %', shown: 'loss=0.1, 42 %' },
    { what: 'HTML', text: '<img src=x onerror=alert(1)>', shown: '<img src=x onerror=alert(1)>' },
    { what: 'letters of all scripts', text: 'größer 训练 عربى 🚀', shown: 'größer 训练 عربى 🚀' },
    { what: 'line ends and tabs', text: 'a\n\tb', shown: 'a\n\tb' },
    { what: 'controls', text: 'a\u0000b\u001b[31mc\u007f\u0007', shown: 'a␀b␛[31mc␡␇' },
    { what: 'controls above ASCII', text: 'a\u009bb', shown: 'a⟨U+009B⟩b' },
    { what: 'marks that turn text around', text: 'a\u202eb\u2066c', shown: 'a⟨U+202E⟩b⟨U+2066⟩c' },
    { what: 'what nobody can see', text: 'a\u200bb\ufeff', shown: 'a⟨U+200B⟩b⟨U+FEFF⟩' },
  ])('is shown with $what', ({ text, shown }) => {
    expect(harmless(text)).toBe(shown)
  })

  it.each([
    { what: 'colours', text: '\u001b[1;31mred\u001b[0m', shown: 'red' },
    { what: 'titles of a terminal', text: '\u001b]0;title\u0007text', shown: 'text' },
    { what: 'links of a terminal', text: '\u001b]8;;http://x\u001b\\text', shown: 'text' },
    { what: 'line ends', text: 'a\r\nb\nc\td', shown: 'a b c d' },
    { what: 'a progress bar', text: '10%\r20%', shown: '10%␍20%' },
  ])('has no $what on a line', ({ text, shown }) => {
    expect(harmlessLine(text)).toBe(shown)
  })
})
