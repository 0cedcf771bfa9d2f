/** Host names as certificates and Ingresses write them: with a wildcard for the first label, or without. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { BOOL, STRING } from '../../cel/type.ts';

/** `hostCovers(pattern, host)`: see `hostCovers`. */
export const HOST_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'hostCovers',
    overloads: [
      {
        id: 'tidegate_host_covers_string_string',
        parameters: [STRING, STRING],
        result: BOOL,
        call: (pattern, host) => hostCovers(String(pattern), String(host)),
      },
    ],
  },
];

/**
 * Whether the pattern is the host itself, or a wildcard for exactly one label of it: `*.acme.com` covers `a.acme.com` and
 * `*.acme.com`, not `acme.com` and not `a.b.acme.com`. Case does not count; an empty host is covered by nothing.
 */
export function hostCovers(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), host.toLowerCase()];
  if (given === '') return false;
  if (wanted === given) return true;
  const dot = given.indexOf('.');
  return dot > 0 && wanted === `*${given.slice(dot)}`;
}
