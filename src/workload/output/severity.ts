import type { Severity } from '../../workload-events.ts'

const severities: Readonly<Record<string, Severity>> = {
  trace: 'TRACE',
  finest: 'TRACE',
  finer: 'TRACE',
  debug: 'DEBUG',
  dbg: 'DEBUG',
  verbose: 'DEBUG',
  fine: 'DEBUG',
  info: 'INFO',
  information: 'INFO',
  notice: 'INFO',
  note: 'INFO',
  success: 'INFO',
  warn: 'WARN',
  warning: 'WARN',
  err: 'ERROR',
  error: 'ERROR',
  severe: 'ERROR',
  exception: 'ERROR',
  crit: 'FATAL',
  critical: 'FATAL',
  fatal: 'FATAL',
  panic: 'FATAL',
  dpanic: 'FATAL',
  alert: 'FATAL',
  emerg: 'FATAL',
  emergency: 'FATAL',
}

/** The severity that a level's name stands for, in whatever case; undefined for a word that is none. */
export const severityOfLevel = (level: string): Severity | undefined => {
  const word = level.toLowerCase()
  return Object.hasOwn(severities, word) ? severities[word] : undefined
}

const letters: Readonly<Record<string, Severity>> = {
  V: 'DEBUG',
  D: 'DEBUG',
  I: 'INFO',
  W: 'WARN',
  E: 'ERROR',
  F: 'FATAL',
  C: 'FATAL',
}

const level = Object.keys(severities).join('|')
const upperLevel = level.toUpperCase()

/** A date, a time, or both, as loggers write them: `2026-11-21 10:00:00,123`, `[10:00:00]`, `2026/11/21 08:03:43`. */
const stamp =
  /^[[(]?(?:(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d[-/.]\d\d[-/.]\d{2,4}|\d\d-\d\d)[T ,:]{1,2}|[A-Z][a-z]{2} [ \d]?\d(?:,? \d{4})? )?\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AP]M)?(?:Z| ?[+-]\d\d:?\d\d| UTC)?[\])]?(?![\d\w/])/

/** Ray and vLLM: `(train_fn pid=1234, ip=10.0.0.2) `. */
const processLabel = /^\([^()]{0,80}pid=\d[^()]{0,60}\) /

/** klog, glog, absl and Triton: `E1121 10:00:00.123`; c10 and torch put it in brackets. */
const letterHead = /^\[?([VDIWEFC])\d{3,4} \d\d:\d\d:\d\d/

/** `[NeMo W 2026-11-21 10:00:00 nemo_logging:361]`. */
const nemoHead = /^\[NeMo ([DIWEC]) /

/** TensorFlow, after a time: `: W tensorflow/core/util/port.cc:153] `. */
const tensorflowHead = /^: ([IWEF]) \S+:\d+\] /

/** `host:12:34 [0] NCCL WARN `, with a time before it and a place after the device from 2.24 on. */
const ncclHead = /^(?:\[[^\]]{0,40}\] )?[\w.-]{1,253}:\d+:\d+ \[\d+\] (?:\S{1,200}:\d+ )?NCCL ([A-Z]+)/

/** A bar of tqdm: `train:  50%|█████     | 20/40 [`; of others only the end of it may differ. */
const bar = /\d%\|[^|]{0,300}\| *[\d.]+\w? ?\/ ?[\d.?]+/

/** A line of `key=value`, as logrus and slog write it. */
const logfmtHead = /^[\w.-]{1,64}=/
const logfmtLevel = /(?:^| )(?:level|lvl|severity|levelname|log\.level)="?(\w{3,11})"?(?= |$)/

/** A level that opens a line, or follows its time: in capitals, in brackets, or with a colon. */
const capitals = new RegExp(`^(${upperLevel})(?=[\\s:|,;\\-/!\\])>]|$)`)
const bracketed = new RegExp(`^[[<(] {0,2}(${level}) {0,8}(?:[|:/][^\\]>)]{0,200})?[\\]>)]`, 'i')
/** After `error:`, numbers are what a model is measured by. */
const notALoss = '(?!\\s*[-+]?(?:\\d*\\.\\d|\\d+\\s*(?:$|[,;|(])))'
const withColon = new RegExp(`^(${level})(?:\\[\\w{1,12}\\]| error)?:(?=\\s|$)${notALoss}`, 'i')
/** `WARNING:root:…`, where the text follows at once. */
const pythonDefault = new RegExp(`^(${upperLevel}):`)

/** `root ERROR: `, `wandb: WARNING `. */
const namedLevel = new RegExp(`^[a-z][\\w.-]{0,80}(?: (${upperLevel}):|: (${upperLevel})(?=[\\s:]))`)

/** What may stand between a time and a level: names in brackets, or with a separator of their own. */
const nameBefore = /^(?:\[[^\]]{0,200}\]|[^\s|[\]]{1,120}(?= - | \| |:|,|\t))(?: - | \| |[\s:,-]{1,4})?/

/** `prog: error: `, as argparse and many others; `file.c:12:3: warning: `, as compilers do. */
const programError = /^[\w./+-]{1,200}(?::\d+(?::\d+)?)?: (?:fatal )?(error|warning|fatal|note): /i

/** `warnings.warn` of Python: `/a/b.py:12: DeprecationWarning: `. */
const pythonWarning = /^\S{1,500}:\d+: [A-Za-z_.]{0,80}Warning: /

/** The last line of a traceback, or the whole of what `print(repr(error))` leaves; not a loss: those have numbers. */
const exceptionLine =
  /^(?:Uncaught )?[A-Za-z_][\w.$]{0,200}(?:Error|Exception)(?: \[\w{1,40}\])?(?:: (?!\s*[-+]?(?:\d*\.\d|\d+\s*(?:$|[,;|(])))|:?$)/

/** What a shell or the C library says of a process that died. */
const death =
  /^(?:\S{1,200}: line \d+: +\d+ )?(?:Killed|Aborted|Segmentation fault|Bus error|Illegal instruction|Floating point exception)(?: +\(core dumped\))?(?:\s|$)/

const npmError = /^npm (ERR!|error|WARN|warn) /

const levelAt = (rest: string): Severity | undefined => {
  const word =
    capitals.exec(rest)?.[1] ??
    bracketed.exec(rest)?.[1] ??
    withColon.exec(rest)?.[1] ??
    pythonDefault.exec(rest)?.[1]
  return word === undefined ? undefined : severityOfLevel(word)
}

/** The level after a time, with up to four names between. */
const levelAfterNames = (text: string): Severity | undefined => {
  let rest = text
  for (let names = 0; names <= 4; names += 1) {
    const found = levelAt(rest)
    if (found) return found
    const [name = ''] = nameBefore.exec(rest) ?? []
    if (name === '') return undefined
    rest = rest.slice(name.length).trimStart()
  }
  return undefined
}

const afterStamp = (rest: string): Severity | undefined =>
  letters[tensorflowHead.exec(rest)?.[1] ?? ''] ?? levelAfterNames(rest.replace(/^[\s:|,-]+/, ''))

/** The level of a line that has names in brackets before it, but no time: `[root][ERROR] `. */
const afterBrackets = (text: string): Severity | undefined =>
  text.startsWith('[') ? levelAt(text.replace(/^(?:\[[^\]]{0,200}\] ?){1,4}(?=[A-Z[])/, '')) : undefined

const firstGroup = (found: RegExpExecArray | null): string => found?.slice(1).find(Boolean) ?? ''

/** Only the head of a line tells its severity. */
const HEAD_CHARACTERS = 600

/** Whether a line begins as only loggers begin theirs: with a time, or a letter and a date. */
export const hasLogHead = (text: string): boolean => stamp.test(text) || letterHead.test(text)

/**
 * How severe a line says that it is, by a level at a place where loggers put it; undefined for one that does not say.
 * Words in the middle of a sentence do not count: "0 errors found" is no error.
 */
export const severityOf = (line: string): Severity | undefined => {
  const head = line.length > HEAD_CHARACTERS ? line.slice(0, HEAD_CHARACTERS) : line
  if (bar.test(head)) return 'INFO'
  const text = head.replace(processLabel, '')
  const letter = letterHead.exec(text)?.[1] ?? nemoHead.exec(text)?.[1]
  if (letter !== undefined) return letters[letter]
  const nccl = ncclHead.exec(text)?.[1]
  if (nccl !== undefined) return severityOfLevel(nccl) ?? 'INFO'
  const time = stamp.exec(text)?.[0]
  if (time !== undefined) return afterStamp(text.slice(time.length))
  if (logfmtHead.test(text)) return severityOfLevel(logfmtLevel.exec(line)?.[1] ?? '')
  const found = levelAt(text) ?? afterBrackets(text)
  if (found) return found
  if (exceptionLine.test(text) || death.test(text)) return 'ERROR'
  if (pythonWarning.test(text)) return 'WARN'
  const named = firstGroup(namedLevel.exec(text)) || firstGroup(programError.exec(text))
  const npm = npmError.exec(text)?.[1]
  if (npm !== undefined) return /^err/i.test(npm) ? 'ERROR' : 'WARN'
  return severityOfLevel(named)
}
