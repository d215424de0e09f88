import { asking } from './query.ts'

/** Of the attempts that are chosen above the panels. */
export const run = asking(['job="$service"', 'instance=~"$instance"'], '$__rate_interval')
