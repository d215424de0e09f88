/**
 * Text from outside as it may be shown: nothing in it moves what stands beside it, and nothing in it is hidden.
 *
 * @module
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
/** Marks that change the direction of what follows (Unicode Standard Annex 9), and those that nobody can see. */
const directions = /[\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g
/** Colours and other commands to a terminal: CSI and OSC sequences of ECMA-48. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const commands = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g

const pictureOf = (control: string): string => {
  const code = control.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : nameOf(control)
}

const nameOf = (mark: string): string =>
  `\u27e8U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}\u27e9`

/** Controls as pictures (`␛`), marks of direction by their numbers (`⟨U+202E⟩`); line ends and tabs stay. */
export const harmless = (text: string): string =>
  text.replace(controls, pictureOf).replace(directions, nameOf)

/** On one line, and without commands to a terminal. */
export const harmlessLine = (text: string): string =>
  harmless(text.replace(commands, '').replace(/\r?\n|\t/g, ' '))
