/**
 * The libraries that read and check what people write, each loaded when it is first asked for. They take a third of the time
 * to start: the built-in policies were read and checked when the package was built, and many a run reads nothing else.
 */
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export function ajv(): typeof import('ajv/dist/2020.js') {
  return load('ajv/dist/2020.js') as typeof import('ajv/dist/2020.js');
}

export function yaml(): typeof import('yaml') {
  return load('yaml') as typeof import('yaml');
}
