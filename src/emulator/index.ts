/**
 * `taskbeat/emulator`: the platform on this machine, for the tests of any project.
 *
 * ```ts
 * const emulation = await startEmulation({ task: { command: ['python', 'train.py'] }, environment: process.env })
 * const report = await emulation.report
 * assert.deepEqual(report.findings, [])
 * ```
 *
 * @module
 */
export type { Clock } from '../clock.ts'
export { TaskbeatError } from '../errors.ts'
export { startEmulation } from './emulate.ts'
export type { EmulatedTask, Emulation, EmulationOptions } from './emulation.ts'
export type { Fault } from './faults/fault.ts'
export { faultGrammar, type ParsedFault, parseFault } from './faults/grammar.ts'
export type { Account } from './findings/account.ts'
export {
  type Finding,
  type FindingId,
  type FindingKind,
  findingKinds,
  type Severity,
} from './findings/catalogue.ts'
export type { Status } from './findings/evidence.ts'
export { type OtlpReceiver, openReceiver, type ReceiverOptions } from './receiver.ts'
export { junitText } from './report/junit.ts'
export { reportText } from './report/text.ts'
export type { Moment, Report } from './report.ts'
