/**
 * Clock ticks in a second, in which the kernel tells CPU time: USER_HZ, 100 on every architecture that Node.js runs on.
 *
 * @see time(7), "The software clock, HZ, and jiffies"
 */
export const ticksPerSecond = 100
