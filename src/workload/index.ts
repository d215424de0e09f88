export { type SimulationOptions, type SimulationParts, simulatedTraining } from './simulated.ts'
export type {
  CheckpointEvent,
  StepMetrics,
  Workload,
  WorkloadContext,
  WorkloadEvent,
  WorkloadOutcome,
  WrittenFile,
} from './workload.ts'
