/** Native documents as text for kubectl. */
import { Document, visit } from 'yaml';
import type { NativeResource } from './document.ts';

/** One List in JSON. */
export function jsonOf(items: readonly NativeResource[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)}\n`;
}

/** YAML 1.1, which Kubernetes' tools read; expressions are folded, so that nothing in them is escaped. */
export function yamlOf(documents: readonly NativeResource[]): string {
  return documents.map(documentText).join('---\n');
}

const WIDTH = 120;

function documentText(resource: NativeResource): string {
  const document = new Document(resource, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && node.value.length > WIDTH / 2) node.type = 'BLOCK_FOLDED';
    },
  });
  return document.toString({ lineWidth: WIDTH });
}
