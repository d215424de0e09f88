/**
 * The shapes of what is printed in several lines: given what was printed so far, does the next line belong to it?
 *
 * Python: `traceback` of the standard library (3.8 to 3.14), with chains, exception groups and notes; torch, loguru and
 * multiprocessing add their own lines. Java, JavaScript, Go and Rust as their runtimes print them.
 */

/** What is known of a block before its next line. */
export type BlockState =
  /** Something that often comes before a stack, but means nothing alone. */
  | { readonly form: 'head'; readonly exception?: ExceptionName; readonly mayHaveText: boolean }
  /** In the frames of a traceback; its exception comes after them. */
  | { readonly form: 'python-frames' }
  /** Inside the bars of an exception group. */
  | { readonly form: 'python-group'; readonly exception?: ExceptionName }
  /** Behind the exception: it may have more lines, notes, or an exception that came of it. */
  | {
      readonly form: 'python-exception'
      readonly exception: ExceptionName
      /** The next line is surely of the message. */
      readonly goesOn: boolean
      /** A line came that may have been something else. */
      readonly isApart: boolean
    }
  /** The table in which torchrun says which of its processes failed. */
  | { readonly form: 'torchrun-report'; readonly exception: ExceptionName; readonly isOpen: boolean }
  /** After the sentence that joins two tracebacks. */
  | { readonly form: 'python-chain'; readonly exception: ExceptionName | undefined }
  /** In the frames of Java or JavaScript. */
  | { readonly form: 'stack'; readonly exception?: ExceptionName }
  | { readonly form: 'go-head'; readonly exception: ExceptionName }
  | { readonly form: 'go'; readonly exception: ExceptionName }
  | { readonly form: 'rust'; readonly exception: ExceptionName; readonly needsMessage: boolean }
  /** faulthandler: the interpreter died, or was asked for its stacks. */
  | { readonly form: 'fault'; readonly exception: ExceptionName }
  | { readonly form: 'dump' }
  /** A warning, whose line of source follows. */
  | { readonly form: 'warning' }
  | { readonly form: 'done'; readonly of: 'warning' }
  | { readonly form: 'done'; readonly of: 'error'; readonly exception: ExceptionName }

export interface ExceptionName {
  readonly type?: string
  readonly message?: string
}

export interface Step {
  readonly state: BlockState
  /** `joins`: the line belongs to the block. `waits`: only if a line that joins comes after it. */
  readonly line: 'joins' | 'waits'
}

const tracebackHead = /^(?:Original )?Traceback \(most recent call last\):/
const groupHead = /^\s*\+ Exception Group Traceback \(most recent call last\):/
const chainSentence =
  /^(?:During handling of the above exception, another exception occurred:|The above exception was the direct cause of the following exception:|-- Process \d+ terminated with the following error:)/
/** A syntax error has no head: `  File "x.py", line 1`. */
const bareFrame = /^ {2}File "[^"]{1,500}", line \d+$/
const faultHead = /^Fatal Python error: (.*)$/
const threadHead = /^(?:Current thread|Thread) 0x[0-9a-f]+ .{0,200}\(most recent call first\):$/
const remoteHead = /^[\w.]*RemoteTraceback: ?$/
const announcement =
  /^(?:Exception in thread .{1,200}:$|Exception ignored in: |Exception ignored while |Process \S{1,100}:$|Error in \S{1,100}:$|Error in atexit)/
const javaThread = /^Exception in thread "[^"]{0,200}" (?=[\w$.])/
const stackHead =
  /^(?:Uncaught )?([\w$.]{0,300}(?:Error|Exception|Throwable)|[A-Za-z_$][\w$.]{0,300}(?= \[\w{1,80}\]))(?: \[\w{1,80}\])?(?:: (.*))?$/
const stackFrame = /^\s+at \S/
const goHead = /^(?:panic|fatal error): (.*)$/
const rustHead = /^thread '.{0,200}' (?:\(\d+\) )?panicked at (.*)$/
const warningHead = /^\S{1,500}:\d+: [A-Za-z_.]{0,80}Warning: /

/** `ValueError: x`; also the name alone, which has no message. */
const exceptionLine = /^([A-Za-z_][\w.]{0,300}(?:\.<locals>\.[\w.]{1,300})?)(?:: ?(.*))?$/
const groupException = /^ {2}\| ([A-Za-z_][\w.]{0,300})(?:: (.*))?$/

/** Lines of messages that torch and NCCL print below theirs; they are what explains a lost GPU. */
const knownMessage =
  /^(?:CUDA kernel errors might be|For debugging consider passing|Compile with `TORCH_USE|Device-side assert|nccl[A-Z]\w+(?:Error|Usage)?: |Last error:)/

const isBlank = (line: string) => line.trim() === ''
const isIndented = (line: string) => /^[ \t]/.test(line)

const exceptionOf = (found: RegExpExecArray): ExceptionName => ({
  ...(found[1] !== undefined && { type: found[1] }),
  ...(found[2] !== undefined && found[2] !== '' && { message: found[2] }),
})

const joins = (state: BlockState): Step => ({ state, line: 'joins' })
const waits = (state: BlockState): Step => ({ state, line: 'waits' })

const afterException = (exception: ExceptionName): BlockState =>
  exception.type?.endsWith('.ChildFailedError') && exception.message === undefined
    ? { form: 'torchrun-report', exception, isOpen: false }
    : {
        form: 'python-exception',
        exception,
        // such as "Last error:", which stands before what it says
        goesOn: /[:(,\\]$/.test(exception.message ?? ''),
        isApart: false,
      }

/** Whether a traceback follows of an exception that the program outlives. */
export const isAnnouncement = (line: string): boolean => announcement.test(line)

/** The block that a line opens, if it looks like the first of one. */
export const openBlock = (line: string): BlockState | undefined => {
  if (tracebackHead.test(line) || bareFrame.test(line)) return { form: 'python-frames' }
  if (groupHead.test(line)) return { form: 'python-group' }
  if (isIndented(line)) return undefined
  const fault = faultHead.exec(line)
  if (fault) return { form: 'fault', exception: { message: fault[1] ?? '' } }
  if (threadHead.test(line)) return { form: 'dump' }
  const panic = goHead.exec(line)
  if (panic) return { form: 'go-head', exception: { type: 'panic', message: panic[1] ?? '' } }
  const rust = rustHead.exec(line)
  if (rust) return { form: 'rust', exception: { type: 'panic' }, needsMessage: line.endsWith(':') }
  if (remoteHead.test(line)) return { form: 'python-chain', exception: undefined }
  if (warningHead.test(line)) return { form: 'warning' }
  if (isAnnouncement(line)) return { form: 'head', mayHaveText: false }
  const stack = stackHead.exec(line.replace(javaThread, ''))
  return stack ? { form: 'head', exception: exceptionOf(stack), mayHaveText: true } : undefined
}

const afterHead = (state: BlockState & { form: 'head' }, line: string): Step | undefined => {
  if (tracebackHead.test(line)) return joins({ form: 'python-frames' })
  if (groupHead.test(line)) return joins({ form: 'python-group' })
  if (stackFrame.test(line)) {
    return joins({ form: 'stack', ...(state.exception && { exception: state.exception }) })
  }
  return state.mayHaveText && !isBlank(line) ? waits(state) : undefined
}

const inFrames = (line: string): Step | undefined => {
  if (isIndented(line) || isBlank(line) || line.startsWith('> File ')) return joins({ form: 'python-frames' })
  const found = exceptionLine.exec(line)
  return found ? joins(afterException(exceptionOf(found))) : undefined
}

const inGroup = (state: BlockState & { form: 'python-group' }, line: string): Step | undefined => {
  if (!/^\s*[|+]/.test(line)) return afterPythonException(afterException(state.exception ?? {}), line)
  const found = state.exception === undefined ? groupException.exec(line) : null
  return joins(found ? { form: 'python-group', exception: exceptionOf(found) } : state)
}

const afterPythonException = (state: BlockState, line: string): Step | undefined => {
  if (state.form !== 'python-exception') return undefined
  const { exception, goesOn, isApart } = state
  if (chainSentence.test(line) || line === '"""') return joins({ form: 'python-chain', exception })
  if (line.startsWith('Original Traceback ')) return joins({ form: 'python-frames' })
  if (isBlank(line)) return waits(state)
  if (goesOn || knownMessage.test(line)) return joins({ ...state, goesOn: line.endsWith(':') })
  return isIndented(line) && !isApart ? joins(state) : waits({ ...state, isApart: true })
}

const inReport = (state: BlockState & { form: 'torchrun-report' }, line: string): Step | undefined => {
  const isEdge = /^={20,}$/.test(line)
  if (isEdge && state.isOpen) return joins({ form: 'done', of: 'error', exception: state.exception })
  if (isEdge || !state.isOpen) return isEdge ? joins({ ...state, isOpen: true }) : undefined
  const message = state.exception.message ?? (/^\w/.test(line) ? line : undefined)
  return joins({ ...state, exception: { ...state.exception, ...(message !== undefined && { message }) } })
}

const inChain = (state: BlockState & { form: 'python-chain' }, line: string): Step | undefined => {
  if (tracebackHead.test(line)) return joins({ form: 'python-frames' })
  if (groupHead.test(line)) return joins({ form: 'python-group' })
  if (isBlank(line) || line === '"""' || chainSentence.test(line)) return joins(state)
  const found = exceptionLine.exec(line)
  return found ? joins(afterException(exceptionOf(found))) : undefined
}

const inStack = (state: BlockState, line: string): Step | undefined =>
  (isIndented(line) && !isBlank(line)) || line === '}' || /^(?:Caused by: |\.\.\. \d+ )/.test(line)
    ? joins(state)
    : undefined

const goroutine = /^goroutine \d+ /
const goLine = /^(?:\t|\[signal |created by |exit status \d|[\w./*()$·[\]{},…-]{1,500}\(.*\)$)/

const afterGoHead = (state: BlockState & { form: 'go-head' }, line: string): Step | undefined => {
  if (goroutine.test(line)) return joins({ form: 'go', exception: state.exception })
  return waits(state)
}

const inGo = (state: BlockState, line: string): Step | undefined => {
  if (isBlank(line)) return waits(state)
  return goroutine.test(line) || goLine.test(line) ? joins(state) : undefined
}

const inRust = (state: BlockState & { form: 'rust' }, line: string): Step | undefined => {
  if (state.needsMessage)
    return joins({ ...state, exception: { type: 'panic', message: line }, needsMessage: false })
  return isIndented(line) || line === 'stack backtrace:' || line.startsWith('note: ')
    ? joins(state)
    : undefined
}

const inDump = (state: BlockState, line: string): Step | undefined => {
  if (isBlank(line)) return waits(state)
  const belongs =
    isIndented(line) || threadHead.test(line) || /^(?:Python runtime state|Extension modules): /.test(line)
  return belongs ? joins(state) : undefined
}

/** What a block is with its next line; undefined where the line is not of it. */
export const continueBlock = (state: BlockState, line: string): Step | undefined => {
  switch (state.form) {
    case 'head':
      return afterHead(state, line)
    case 'python-frames':
      return inFrames(line)
    case 'python-group':
      return inGroup(state, line)
    case 'python-exception':
      return afterPythonException(state, line)
    case 'torchrun-report':
      return inReport(state, line)
    case 'python-chain':
      return inChain(state, line)
    case 'stack':
      return inStack(state, line)
    case 'go-head':
      return afterGoHead(state, line)
    case 'go':
      return inGo(state, line)
    case 'rust':
      return inRust(state, line)
    case 'fault':
    case 'dump':
      return inDump(state, line)
    case 'warning':
      return /^ {2}\S/.test(line) ? joins({ form: 'done', of: 'warning' }) : undefined
    case 'done':
      return undefined
  }
}
