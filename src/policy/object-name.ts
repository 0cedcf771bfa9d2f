/** How an object is called wherever people read of it, in fingerprints too: `Deployment shop/web`, `Node node-1`. */
export interface Named {
  readonly kind: string;
  /** Left out, or empty, for what lives in none. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

export function objectName({ kind, namespace, name }: Named): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}
