/** Ready means: able to give a complete and correct answer over TLS, proven, and not about to stop. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';

/** What must hold before the first answer. */
export type Condition = 'policies' | 'namespaces' | 'certificate' | 'listening';

export interface Health {
  /** What is missing, in words; empty when ready. */
  missing(): readonly string[];
  fulfil(condition: Condition): void;
  /** Whether it was fulfilled, be the server about to stop or not. */
  holds(condition: Condition): boolean;
  /** From now on not ready, for good: new connections should go elsewhere. */
  stop(): void;
  readonly stopping: boolean;
}

const WORDS: Readonly<Record<Condition, string>> = {
  policies: 'the policies are not loaded',
  namespaces: 'the namespaces of the cluster are not known',
  certificate: 'there is no certificate',
  listening: 'no TLS connection to this server has worked yet',
};

/** Of a server that asks no cluster before it is ready. */
const ALONE: readonly Condition[] = ['policies', 'certificate', 'listening'];

/** Nothing is fulfilled at first. */
export function createHealth(conditions = ALONE): Health {
  const open = new Set<Condition>(conditions);
  let stopping = false;
  return {
    missing: () => (stopping ? ['the server is stopping'] : Array.from(open, (condition) => WORDS[condition])),
    fulfil: (condition) => void open.delete(condition),
    holds: (condition) => !open.has(condition),
    stop: () => {
      stopping = true;
    },
    get stopping() {
      return stopping;
    },
  };
}

// A handshake with ourselves takes milliseconds.
const PROOF_TIMEOUT_MS = 5000;

/**
 * Opens a TLS connection as the API server would, and resolves when the handshake is done and shows `certificate` (PEM).
 * Rejects otherwise. Whether clients trust the authority is theirs to know: it is not checked here.
 */
export function proveServing(host: string, port: number, certificate: string): Promise<void> {
  const expected = new X509Certificate(certificate).fingerprint256;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false, minVersion: 'TLSv1.2' });
    const settle = (error?: Error): void => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.setTimeout(PROOF_TIMEOUT_MS, () => settle(new Error('no answer to a TLS handshake with itself')));
    socket.once('error', settle);
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate()?.fingerprint256;
      settle(shown === expected ? undefined : new Error('another server answers on this address'));
    });
  });
}
