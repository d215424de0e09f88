import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { exitOf, type ProcessExit } from '../processes/exit-of.ts'
import { processesOf } from './processes.ts'

/** A running task, whether a process group or a container. */
export interface TaskProcess {
  readonly exited: Promise<ProcessExit>
  readonly kill: (signal: 'SIGTERM' | 'SIGKILL') => void
  /** Ends what is left of it, at once and without waiting. */
  readonly destroy: () => void
  readonly stdout: Readable
  readonly stderr: Readable
}

export interface CommandOptions {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly cwd?: string | undefined
  /** A piece of the environment that only this task's processes have. */
  readonly mark: string
}

/** What left the group, such as a daemon, is found by its environment or its session. On systems without /proc it stays. */
const killRest = (sessionId: number | undefined, mark: string) => {
  for (const pid of processesOf(sessionId, mark)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it has ended meanwhile
    }
  }
}

/** Starts a command as a task: in a process group of its own, which ends as a whole, as a container does. */
export const startCommand = ({
  command: [file = '', ...args],
  environment,
  cwd,
  mark,
}: CommandOptions): TaskProcess => {
  const child = spawn(file, args, {
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  let hasEnded = false
  const kill = (signal: NodeJS.Signals) => {
    // the number of a group that has ended may be given to another
    if (child.pid === undefined || hasEnded) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // the group is gone
    }
  }
  return {
    // what it left behind ends with it, as in a container
    exited: exitOf(child).finally(() => {
      kill('SIGKILL')
      hasEnded = true
      killRest(child.pid, mark)
    }),
    kill,
    destroy: () => {
      kill('SIGKILL')
      killRest(hasEnded ? undefined : child.pid, mark)
    },
    stdout: child.stdout,
    stderr: child.stderr,
  }
}

export interface ContainerOptions {
  readonly image: string
  readonly args: readonly string[]
  readonly name: string
  readonly environment: Readonly<Record<string, string>>
  /** What is mounted at `/var/task` and at `/config`. */
  readonly taskDir: string
  readonly configDir: string
}

/**
 * The arguments of `docker` that run a container as the platform does: no capability but to bind low ports, the
 * task's directory at `/var/task`, models and resources at `/config`, the collector on the loopback interface.
 *
 * @see NVIDIA/nvcf icms-translate `task/translate.go`
 */
export const containerArguments = ({
  image,
  args,
  name,
  environment,
  taskDir,
  configDir,
}: ContainerOptions) => [
  ...[
    'run',
    '--rm',
    '--name',
    name,
    '--network',
    'host',
    '--cap-drop',
    'ALL',
    '--cap-add',
    'NET_BIND_SERVICE',
  ],
  ...['-v', `${taskDir}:/var/task`, '-v', `${configDir}:/config:ro`],
  ...Object.entries(environment).flatMap(([variable, value]) => ['-e', `${variable}=${value}`]),
  ...[image, ...args],
]

/** Status of `docker run` for what the engine could not start. */
const dockerFailed = 125

const byDocker = (exit: ProcessExit): ProcessExit =>
  exit.status === dockerFailed ? { ...exit, startError: 'docker run says why, above' } : exit

/** Starts a container as a task. */
export const startContainer = (options: ContainerOptions): TaskProcess => {
  const child = spawn('docker', containerArguments(options), {
    // away from the terminal, whose Ctrl-C is not the container's
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const docker = (...args: string[]) =>
    spawn('docker', args, { stdio: 'ignore', detached: true }).on('error', () => {})
  return {
    exited: exitOf(child).then(byDocker),
    kill: (signal) => docker('kill', '--signal', signal, options.name),
    destroy: () => docker('rm', '--force', options.name),
    stdout: child.stdout,
    stderr: child.stderr,
  }
}
