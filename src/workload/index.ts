export type * from '../workload-events.ts'
export { type SimulationOptions, type SimulationParts, simulatedTraining } from './simulated.ts'
export type { Workload, WorkloadContext, WorkloadOutcome } from './workload.ts'
