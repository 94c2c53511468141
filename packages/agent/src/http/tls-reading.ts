import type { SecureContextOptions } from "node:tls";

/** The files of a sink's own TLS settings, PEM each, and the passphrase of the key. */
export interface TlsFiles {
  /** Certificates of authorities that are trusted beside Node's own. */
  readonly ca?: string;
  /** The client certificate, first its own, then those that lead to a trusted authority. */
  readonly cert?: string;
  /** The private key of `cert`. */
  readonly key?: string;
  readonly passphrase?: string;
}

/** Something about TLS files that a person should know: a sentence without the key and without a full stop. */
export interface TlsFinding {
  readonly key: keyof TlsFiles;
  readonly message: string;
  /** What to do. */
  readonly suggestion: string;
}

/** What is in TLS files. */
export interface TlsReading {
  /** Each makes the files unusable. */
  readonly problems: readonly TlsFinding[];
  /** What will fail soon, or already does at the other end. */
  readonly warnings: readonly TlsFinding[];
  /** Trusted beside Node's own. */
  readonly authorities: readonly string[];
  /** The client certificate, where there is one. */
  readonly identity: Pick<SecureContextOptions, "cert" | "key" | "passphrase">;
}

/** What is said of one of the files. */
export type Saying = Omit<TlsFinding, "key">;
