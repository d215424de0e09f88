import type { AttributeConvention } from './convention.ts'

/** Of graphics processors. */
export const gpuAttributes = {} as const satisfies Readonly<Record<string, AttributeConvention>>
