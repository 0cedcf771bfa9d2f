/** YAML for Kubernetes' own tools, which read 1.1: there a bare `yes` is no string. */
import { yaml } from './libraries.ts';

/** The value in blocks, with a newline at its end; no line is broken, and what is there twice is written twice. */
export function kubernetesYaml(value: unknown): string {
  return yaml().stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}
