export { type WorkflowMetric, workflowMetrics } from '../../semconv/metrics.ts'
export {
  type Operation,
  openWorkflow,
  type Workflow,
  type WorkflowAttributes,
  type WorkflowOptions,
} from './open-workflow.ts'
