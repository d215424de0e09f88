/** Neither a shell nor the platform's splitter sees anything in these; `#`, which is missing, begins a comment. */
const plain = /^[\w@%+:,./-][\w@%+=:,./-]*$/

/** One word of a POSIX shell. The platform splits `containerArgs` by the same rules. */
export const quoteWord = (word: string): string =>
  plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`

/** A command line, or `containerArgs`, that is split into these words again. */
export const joinWords = (words: readonly string[]): string => words.map(quoteWord).join(' ')

/**
 * A value of those options of `nvcf-cli` that may hold several, with commas between: it is read as a line of CSV.
 *
 * @see `StringSliceVar` of spf13/pflag
 */
export const csvField = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
