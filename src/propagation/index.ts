export { type ContextMap, extract, inject } from './carrier.ts'
export { fromEnvironment, toEnvironment } from './environment.ts'
