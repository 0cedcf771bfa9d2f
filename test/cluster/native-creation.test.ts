/** Native policies before a real API server: what we refuse it refuses, and what we accept it stores. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCEPTED, MISTAKES } from '../support/native-mistakes.ts';
import { type Cluster, startCluster } from './cluster.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(async () => cluster?.stop());

/** Asks without storing. */
async function isAccepted(document: unknown): Promise<{ readonly accepted: boolean; readonly answer: string }> {
  const asked = await cluster.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(document));
  return { accepted: asked.code === 0, answer: asked.stderr };
}

// The words of its validation: no other error will do.
const REFUSAL =
  /is invalid: .*(Required|Invalid|Unsupported|Duplicate) value|is invalid: .*(Forbidden|Too many|Too long):/s;

describe('the API server', () => {
  it.each(MISTAKES)('refuses $title', async ({ document }) => {
    const { accepted, answer } = await isAccepted(document);
    expect([accepted, answer]).toEqual([false, expect.stringMatching(REFUSAL)]);
  });
  it.each(ACCEPTED)('accepts $title', async ({ document }) => {
    expect(await isAccepted(document)).toEqual({ accepted: true, answer: '' });
  });
});
