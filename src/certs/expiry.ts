/** When certificates end, for those who watch over them. */
import { X509Certificate } from 'node:crypto';
import { validTo } from './rotation.ts';
import type { Certificates } from './source.ts';

/** In milliseconds of the epoch; of each text the first certificate counts: ours have the newest first. */
export function endsOf({ cert, ca }: Certificates): { readonly serving: number; readonly authority?: number } {
  return { serving: endOf(cert), ...(ca !== undefined && { authority: endOf(ca) }) };
}

function endOf(pem: string): number {
  return validTo(new X509Certificate(pem));
}
