/** What a sender needs of TLS beyond the certificates of the system, as PEM. */
export interface TlsOptions {
  /** Trusted in place of the system's. */
  readonly ca?: Buffer | undefined
  /** With `cert`: who we are. */
  readonly key?: Buffer | undefined
  readonly cert?: Buffer | undefined
}
