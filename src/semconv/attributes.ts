import { gpuAttributes } from './attributes/gpu.ts'
import { hostAttributes } from './attributes/host.ts'
import { taskAttributes } from './attributes/task.ts'

/** Every attribute that taskbeat puts on spans, log records and points. */
export const attributeConventions = { ...taskAttributes, ...hostAttributes, ...gpuAttributes }

export type AttributeName = keyof typeof attributeConventions
