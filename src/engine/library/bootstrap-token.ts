/** When a bootstrap token, by which nodes join a cluster, expires. */
import type { FunctionDeclaration } from '../../cel/function.ts';
import { parseTimestamp, type Timestamp } from '../../cel/timestamp.ts';
import { DYN, optional, TIMESTAMP } from '../../cel/type.ts';
import { Boxed, isMap, Optional, type Value } from '../../cel/value.ts';
import { secretText } from './secret.ts';

/** `tokenExpiration(secret)`: see `tokenExpiration`; none where that is undefined. */
export const BOOTSTRAP_TOKEN_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'tokenExpiration',
    overloads: [
      {
        id: 'tidegate_token_expiration_dyn',
        parameters: [DYN],
        result: optional(TIMESTAMP),
        call: (secret) => {
          const expiration = tokenExpiration(secret ?? null);
          return expiration === undefined ? Optional.NONE : new Optional(expiration);
        },
      },
    ],
  },
];

/** The `expiration` of a bootstrap token's Secret; undefined where there is none, or none in RFC 3339 as Kubernetes reads it. */
export function tokenExpiration(secret: Value): Timestamp | undefined {
  if (!isMap(secret) || secret instanceof Boxed) return undefined;
  return parseTimestamp(secretText(secret, 'expiration') ?? '');
}
