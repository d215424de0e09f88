import type { FindingId } from './catalogue.ts'

/** What was found, before the catalogue says what it means. */
export type Found = readonly [id: FindingId, seen: string]
