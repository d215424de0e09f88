/** The instrumentation scope of what taskbeat itself has to tell. */
export const taskbeatScope = 'taskbeat'

/** The scope of what a workload tells by names of its own. */
export const workloadScope = 'taskbeat.workload'

/** The scope of NVIDIA's sample, kept for the dashboards that were built on it. */
export const sampleScope = 'byoo'
