import { oneLine } from './reason.ts'

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  // where a name has several addresses, the error of all of them together says nothing
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0])
  const { code } = error as NodeJS.ErrnoException
  return code === undefined || error.message.includes(code) ? error.message : `${error.message} (${code})`
}

/**
 * Why no answer came, as one line. A certificate that is not accepted is named as such, for only people can mend it;
 * it is trouble that may pass all the same: a collector may be in the middle of getting its own.
 */
export const connectionTrouble = (error: unknown, secrets: readonly string[]): string => {
  const message = messageOf(error)
  const isCertificate = /certificate|altname/i.test(message)
  return oneLine(isCertificate ? `the certificate is not accepted: ${message}` : message, secrets)
}
