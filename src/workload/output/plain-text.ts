/**
 * Escape sequences of terminals (ECMA-48): strings such as OSC 8 links, whose text stands between two of them;
 * control sequences such as colours and cursor moves; and the short ones. No two of the repeated classes overlap, so
 * that each try ends where it fails.
 */
const sequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x90\x98\x9c\x9e\x9f]*(?:\x1b\\|\x9c)|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|\x1b[ -/]*[0-~]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hasControls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/

/** The sign of a control character, such as ␀; for those that have none, the one for what cannot be shown. */
const sign = (control: string): string => {
  const code = control.charCodeAt(0)
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '␡' : '\ufffd'
}

/** A text without what only a terminal understands; other control characters than tab and line feed become signs. */
export const plainText = (text: string): string =>
  hasControls.test(text) ? text.replace(sequences, '').replace(controls, sign) : text

/**
 * Whether a line was left with the cursor going back up over it: it is drawn again at once, as bars below bars are,
 * and its line feed only went down to the next.
 */
export const isDrawnOver = (text: string): boolean =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
  text.includes('\x1b') && /\x1b\[\d*[AF](?:\x1b\[[0-?]*[ -/]*[@-~])*\s*$/.test(text)
