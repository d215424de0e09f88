import type { AttributeConvention } from './convention.ts'

/** Of machine, control group and processes. */
export const hostAttributes = {} as const satisfies Readonly<Record<string, AttributeConvention>>
