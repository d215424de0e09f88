import type { SupervisedTask } from './supervised-task.ts'

/** Whether a task keeps a logbook: of several ranks the one that writes progress. */
export const keepsLogbook = ({ settings, role }: Pick<SupervisedTask, 'settings' | 'role'>): boolean =>
  role.writesProgress && settings.logbookMb > 0
