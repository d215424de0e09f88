import { hasLogHead } from './severity.ts'

/** A line without the label that a launcher put before it. */
export interface LabelledLine {
  /** The label as it was printed; lines with the same one come from the same process. */
  readonly label: string
  readonly rank?: number
  readonly text: string
}

/**
 * Labels of torch (`[rank0]: ` before what an exception printed, `[rank0]:[E1121 …]`), Lightning (`[rank: 0] `),
 * torchrun (`[default0]:`) and `mpirun --tag-output` (`[1,0]<stdout>:`). torchrun's is the rank on this machine.
 */
const labels = [
  /^\[rank(\d{1,6})\]: ?/,
  /^\[rank: ?(\d{1,6})\] /,
  /^\[default(\d{1,6})\]:/,
  /^\[\d{1,6},(\d{1,6})\]<std(?:out|err)>: ?/,
]

/** `srun --label`: a number, which could also be the number of anything else. */
const numberLabel = /^ {0,5}(\d{1,6}): /

/** Whether a line that begins with a number cannot be meant as a list: a log line or a traceback follows. */
const isSurelyLabelled = (rest: string) =>
  hasLogHead(rest) ||
  /^(?:Traceback \(most recent call last\):|(?:DEBUG|INFO|WARNING|ERROR|CRITICAL):\w)/.test(rest)

const matchLabel = (text: string, isKnown: (label: string) => boolean): RegExpExecArray | undefined => {
  if (text.startsWith('[')) {
    for (const label of labels) {
      const found = label.exec(text)
      if (found) return found
    }
    return undefined
  }
  const number = numberLabel.exec(text)
  return number && (isKnown(number[0]) || isSurelyLabelled(text.slice(number[0].length))) ? number : undefined
}

/**
 * Takes the labels of launchers off a line; torch inside torchrun has two, of which torch's counts.
 *
 * @param isKnown whether a number as a label was seen at the head of lines that have not ended, such as a traceback
 */
export const readLabel = (line: string, isKnown: (label: string) => boolean): LabelledLine => {
  const outer = matchLabel(line, isKnown)
  if (outer === undefined) return { label: '', text: line }
  const [label, rank = ''] = outer
  const rest = line.slice(label.length)
  const inner = rest.startsWith('[') ? matchLabel(rest, isKnown) : undefined
  if (inner === undefined) return { label, rank: Number(rank), text: rest }
  return {
    label: `${label}${inner[0]}`,
    rank: Number(inner[1]),
    text: rest.slice(inner[0].length),
  }
}
