/** All that findings follow from: settings as they were resolved, and what was seen of the machine and the collector. */
import type { GpuSample } from '../host/gpu/device-sample.ts'
import type { TrainerFields } from '../kubeflow/trainer-fields.ts'
import type { Signal } from '../otlp/signals.ts'
import type { Origins, Problem, Settings } from '../settings.ts'
import type { Destinations } from '../telemetry/signals.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a configuration is by itself. */
export interface ConfigurationFacts {
  readonly settings: Settings
  readonly origins: Origins
  readonly problems: readonly Problem[]
  readonly environment: Environment
  /** Nowhere, where `destinationsFault` says why. */
  readonly destinations: Destinations
  readonly destinationsFault: string | undefined
  /** What is wrong with files for TLS, each fault once. */
  readonly tlsFaults: readonly string[]
  /** Files for a TrainJob that cannot be read. */
  readonly trainerFaults: readonly TrainerFault[]
}

export interface TrainerFault {
  readonly field: TrainerFields['token'] | TrainerFields['caCertificate']
  /** Of the operating system. */
  readonly code: string
}

/** What this looks like, and why. */
export interface Surroundings {
  readonly kind: 'nvcf' | 'kubernetes' | 'docker' | 'machine'
  readonly reasons: readonly string[]
}

/** What became of trying to use a directory as tasks use it. */
export type Trial =
  | { readonly outcome: 'works' }
  /** It did not answer in time. */
  | { readonly outcome: 'silent' }
  | {
      readonly outcome: 'failed'
      readonly step: 'look' | 'write' | 'rename' | 'read back' | 'rename a directory'
      readonly path: string
      /** Of the operating system, or what was seen in its place. */
      readonly code: string
    }

export interface FileSystem {
  /** Such as `ext4` or `fuse.s3fs`. */
  readonly type: string
  /** What is mounted, such as a device or a bucket. */
  readonly source: string
}

export interface Space {
  readonly availableBytes: number
  /** Undefined where files are not counted. */
  readonly freeFiles: number | undefined
}

export interface DirectoryFacts {
  readonly path: string
  /** What was tried: the directory, or the nearest one above it that is there. */
  readonly tried: string
  readonly trial: Trial
  /** Number of the device that it lies on. */
  readonly device: number | undefined
  readonly space: Space | undefined
  readonly fileSystem: FileSystem | undefined
}

/** What is at the place of the progress file. */
export type ProgressFacts = {
  readonly path: string
  /** Whether it lies below the results directory, links resolved. */
  readonly isInside: boolean
  /** Of the directory that it is in, or is to be in; undefined if that is not there. */
  readonly device: number | undefined
} & (
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly code: string }
  | { readonly kind: 'foreign'; readonly taskId: string }
  | { readonly kind: 'complete' }
  /** In the worker's words, if a new worker would not take it. */
  | { readonly kind: 'resumable'; readonly refusal: string | undefined }
  | { readonly kind: 'broken'; readonly refusal: string }
)

export type CheckpointFacts =
  | { readonly kind: 'not asked' }
  | { readonly kind: 'invalid'; readonly fault: string }
  | {
      readonly kind: 'looked'
      /** Patterns that match nothing. */
      readonly idle: readonly string[]
      /** Patterns that match the progress file. */
      readonly onProgress: readonly string[]
      /** Names in the results directory beside taskbeat's own, those that begin with a dot and `lost+found`. */
      readonly others: readonly string[]
    }

/** A collector's port: what it answers to whom. */
export interface Probe {
  /** `http://host:port`, `https://host:port` or `unix:///path`, as destinations have it. */
  readonly place: string
  /** Why no connection was made. */
  readonly refusal: string | undefined
  /** Whether a TLS handshake succeeded. */
  readonly speaksTls: boolean
  /** Whether HTTP/1.1 and HTTP/2 were answered: with TLS if that is spoken, else without. */
  readonly http1: boolean
  readonly http2: boolean
  /** Why its certificate is not accepted. */
  readonly certificateFault: string | undefined
  readonly certificateEndsMs: number | undefined
  /** How far its clock is ahead of ours, to a second or two. */
  readonly clockAheadMs: number | undefined
}

/** What became of a canary. */
export interface Canary {
  readonly signal: Signal
  /** As {@link Probe.place}. */
  readonly place: string
  /** For people, without secrets. */
  readonly destination: string
  readonly outcome: 'delivered' | 'rejected' | 'retry' | 'too-large' | 'refused' | 'not sent'
  readonly reason: string
  readonly durationMs: number
}

export interface Health {
  /** Without secrets. */
  readonly endpoint: string
  readonly status: number | undefined
  readonly trouble: string | undefined
  readonly clockAheadMs: number | undefined
}

export type GpuFacts =
  | { readonly kind: 'no driver' }
  | {
      readonly kind: 'driver'
      readonly hasSmi: boolean
      /** The first one that came. */
      readonly sample: GpuSample | undefined
      /** What explains it. */
      readonly notices: readonly string[]
    }

/** What waits in a spool, of processes that are gone. */
export type SpoolWaiting = Readonly<Record<Signal, number>>

export interface MachineFacts {
  readonly nodeVersion: string
  readonly system: string
  readonly uid: number | undefined
  readonly nowMs: number
  /** As it is in use; undefined where TZ names none. */
  readonly timeZone: string | undefined
  readonly hasKoffi: boolean
  readonly memoryLimitBytes: number | undefined
  readonly cpuLimit: number | undefined
}

/** The command after `--`. */
export interface ProgramFacts {
  readonly name: string
  readonly kind: 'found' | 'missing' | 'not executable'
}

export interface Facts extends ConfigurationFacts {
  readonly surroundings: Surroundings
  readonly results: DirectoryFacts
  /** Undefined where it is in the results directory. */
  readonly spool: DirectoryFacts | undefined
  readonly spoolDir: string
  readonly spoolWaiting: SpoolWaiting
  readonly progress: ProgressFacts
  readonly checkpoints: CheckpointFacts
  readonly probes: readonly Probe[]
  readonly canaries: readonly Canary[]
  readonly health: Health | undefined
  readonly gpu: GpuFacts
  readonly machine: MachineFacts
  readonly program: ProgramFacts | undefined
}
