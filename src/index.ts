export * from './progress/index.ts'
export * from './workload/index.ts'
