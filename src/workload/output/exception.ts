import type { Attributes } from '../../workload-events.ts'
import { type BlockState, continueBlock, type ExceptionName, openBlock } from './block-form.ts'

/** What a block told of its exception so far. */
export const exceptionOfState = (state: BlockState | undefined): ExceptionName =>
  (state && 'exception' in state ? state.exception : undefined) ?? {}

/**
 * The attributes of an exception.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
 */
export const exceptionAttributes = ({ type, message }: ExceptionName, stack: string): Attributes => ({
  ...(type !== undefined && { 'exception.type': type }),
  ...(message !== undefined && { 'exception.message': message }),
  'exception.stacktrace': stack,
})

/** What a whole stack, as a program put it into one text, says of its exception. */
export const readStack = (stack: string): Attributes => {
  let state: BlockState | undefined
  for (const line of stack.split('\n')) {
    const next: BlockState | undefined = (state && continueBlock(state, line)?.state) ?? openBlock(line)
    state = next ?? state
  }
  return exceptionAttributes(exceptionOfState(state), stack)
}
