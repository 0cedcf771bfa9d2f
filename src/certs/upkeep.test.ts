import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { issueAuthority, issueLeaf } from './issue.ts';
import { certificatesIn } from './issued.ts';
import { CA_LIFETIME_MS } from './rotation.ts';
import { type CertificateSource, type WaitingSource, waitForSource } from './source.ts';
import type { CertificateStore, OwnCertificates, StoredCertificates } from './store.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const NAMES = ['localhost', 'tidegate.tidegate-system.svc'];
const OVERLAP = 60_000;

/** What a Secret is to replicas: optimistic, and the same for all. */
class SharedStore {
  stored: StoredCertificates | undefined;
  writes = 0;
  private version = 0;
  private readonly watchers = new Set<() => void>();

  /** As somebody who is none of us does it. */
  put(stored: StoredCertificates | undefined): void {
    this.version += 1;
    this.stored = stored && { ...stored, version: String(this.version) };
    for (const changed of this.watchers) changed();
  }

  readonly view: CertificateStore = {
    location: 'the shared store',
    ours: true,
    read: async () => this.stored,
    write: async (certificates: OwnCertificates, over) => {
      await new Promise(setImmediate);
      if (over?.version !== this.stored?.version) return false;
      this.writes += 1;
      this.put(certificates);
      return true;
    },
    watch: (changed) => {
      this.watchers.add(changed);
      return () => void this.watchers.delete(changed);
    },
  };
}

class Replica {
  elected = true;
  inPlaceMs = 0;
  now = NOW;
  readonly problems: string[] = [];
  readonly steps: string[] = [];
  readonly source: WaitingSource;

  constructor(store: SharedStore, provisional: { readonly cert: string; readonly key: string }, elected = true) {
    this.elected = elected;
    this.source = waitForSource(store.view, provisional, {
      names: NAMES,
      events: {
        problem: (message) => void this.problems.push(message),
        stepped: (step) => void this.steps.push(step),
      },
      mayWrite: () => this.elected,
      clock: async () => this.now,
      inPlaceMs: () => this.inPlaceMs,
      overlapMs: OVERLAP,
    });
  }
}

const trusted = ({ current }: CertificateSource): number => certificatesIn(current().ca).length;
const isTrusted = ({ cert, ca }: { readonly cert: string; readonly ca?: string }): boolean =>
  certificatesIn(ca).some((each) => new X509Certificate(cert).verify(each.publicKey));

describe('replicas with one Secret', async () => {
  const provisional = await issueLeaf(await issueAuthority(NOW), NAMES, NOW);
  const one = async () => {
    const store = new SharedStore();
    const replica = new Replica(store, provisional);
    await replica.source.ready;
    return { store, replica, before: store.stored as StoredCertificates };
  };

  it('that start at once, and both believe that they are elected, serve one authority', async () => {
    const store = new SharedStore();
    const replicas = [
      new Replica(store, provisional),
      new Replica(store, provisional),
      new Replica(store, provisional),
    ];
    await Promise.all(replicas.map(({ source }) => source.ready));
    expect(store.writes).toBe(1);
    expect(new Set(replicas.map(({ source }) => source.current().cert))).toEqual(new Set([store.stored?.cert]));
  });

  it('wait with a certificate of their own where they are not elected, and write nothing', async () => {
    const store = new SharedStore();
    const follower = new Replica(store, provisional, false);
    await follower.source.look();
    expect(follower.source.current().cert).toBe(provisional.cert);
    expect(store.writes).toBe(0);
    const leader = new Replica(store, provisional);
    await Promise.all([leader.source.ready, follower.source.ready]);
    expect(follower.source.current()).toEqual(leader.source.current());
    expect(store.writes).toBe(1);
  });

  it('put back a deleted one with the next authority in it, which signs once it is known everywhere', async () => {
    const { store, replica, before } = await one();
    store.put(undefined);
    await replica.source.look();
    expect([store.stored?.cert, trusted(replica.source)]).toEqual([before.cert, 2]);
    replica.inPlaceMs = OVERLAP;
    await replica.source.look();
    expect(store.stored?.cert).not.toBe(before.cert);
    expect(isTrusted({ ...replica.source.current(), cert: before.cert })).toBe(true);
    expect(replica.steps).toEqual(['make', 'announce', 'adopt']);
  });

  it('make all anew where nobody is left who knew it', async () => {
    const { store, replica } = await one();
    replica.source.close();
    store.put(undefined);
    const next = new Replica(store, provisional);
    await next.source.ready;
    expect(next.steps).toEqual(['make']);
    expect(isTrusted(next.source.current())).toBe(true);
  });

  const OTHER = await issueAuthority(NOW);
  it.each<[string, (stored: StoredCertificates) => StoredCertificates, string]>([
    ['half of it is gone', ({ cert, version }) => ({ cert, key: '', ...(version && { version }) }), 'restore'],
    ['nothing is left in it', () => ({ cert: '', key: '' }), 'restore'],
    ['it holds noise', () => ({ cert: 'noise', key: 'noise', ca: 'noise', caKey: 'noise' }), 'restore'],
    ['the key is another’s', (stored) => ({ ...stored, key: OTHER.key }), 'renew leaf'],
    ['the authority’s key is another’s', (stored) => ({ ...stored, caKey: OTHER.key }), 'restore'],
    ['the authority is another', (stored) => ({ ...stored, ca: OTHER.cert }), 'restore'],
  ])('go on and mend it where %s', async (_case, spoil, step) => {
    const { store, replica, before } = await one();
    const follower = new Replica(store, provisional, false);
    await follower.source.ready;
    replica.elected = false;
    store.put(spoil(before));
    await Promise.all([replica.source.look(), follower.source.look()]);
    for (const each of [replica, follower]) expect(each.source.current().cert).toBe(before.cert);
    replica.elected = true;
    await replica.source.look();
    await follower.source.look();
    expect(replica.steps.slice(1)).toEqual([step]);
    expect(isTrusted(follower.source.current())).toBe(true);
    expect(follower.source.current()).toEqual(replica.source.current());
    expect(certificatesIn(store.stored?.ca)[0]?.toString()).toBe(certificatesIn(before.ca)[0]?.toString());
  });

  it('mend one that was spoiled before anybody knew it', async () => {
    const store = new SharedStore();
    store.put({ cert: 'noise', key: 'noise', ca: 'noise', caKey: 'noise' });
    const replica = new Replica(store, provisional);
    await replica.source.ready;
    expect(isTrusted(replica.source.current())).toBe(true);
  });

  it('go on with a change of authorities that another has begun, and that ended in a restart', async () => {
    const { store, replica, before } = await one();
    store.put({ ...before, rotate: 'now' });
    await replica.source.look();
    expect(store.stored).not.toHaveProperty('rotate');
    replica.source.close();
    const next = new Replica(store, provisional);
    await next.source.ready;
    expect([next.source.current().cert, trusted(next.source)]).toEqual([before.cert, 2]);
    next.inPlaceMs = OVERLAP - 1;
    await next.source.look();
    expect(next.steps).toEqual([]);
    next.inPlaceMs = OVERLAP;
    await next.source.look();
    expect(next.steps).toEqual(['adopt']);
  });

  it('change all at once where they are told to', async () => {
    const { store, replica, before } = await one();
    store.put({ ...before, rotate: 'at-once' });
    await replica.source.look();
    expect(isTrusted({ ...replica.source.current(), cert: before.cert })).toBe(false);
    expect(isTrusted(replica.source.current())).toBe(true);
    expect(store.stored).not.toHaveProperty('rotate');
  });

  it.each([
    ['ahead', 2 * CA_LIFETIME_MS],
    ['back', -CA_LIFETIME_MS],
  ])('are trusted again as soon as a clock that jumped %s is right again', async (_case, jump) => {
    const { replica } = await one();
    replica.now = NOW + jump;
    await replica.source.look();
    replica.now = NOW + OVERLAP;
    await replica.source.look();
    const { cert, ca } = replica.source.current();
    expect(isTrusted(replica.source.current())).toBe(true);
    const times = [new X509Certificate(cert), ...certificatesIn(ca).slice(0, 1)];
    for (const { validFromDate, validToDate } of times) {
      expect(validFromDate.getTime()).toBeLessThanOrEqual(replica.now);
      expect(validToDate.getTime()).toBeGreaterThan(replica.now);
    }
  });

  it('say once why they cannot read or write, and go on when they can', async () => {
    const { store, replica, before } = await one();
    const { read } = store.view;
    Object.assign(store.view, { read: async () => Promise.reject(new Error('no answer')) });
    await replica.source.look();
    await replica.source.look();
    expect(replica.problems).toEqual(['certificates in the shared store: no answer; the last good one stays in use']);
    expect(replica.source.current().cert).toBe(before.cert);
    Object.assign(store.view, { read });
    await replica.source.look();
    expect(replica.problems).toHaveLength(1);
  });
});
