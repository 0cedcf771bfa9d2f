/** The table of docs/export.md: which of the policies that come with Tidegate can go, said by the export itself. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exportPolicies } from '../../src/export/export.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { policyIds } from '../support/policy-pack.ts';
import { REPOSITORY, textOf } from '../support/source.ts';
import { strictly } from './exported.ts';

const PAGE = 'docs/export.md';

function rowOf(id: string): string {
  const { excludedNamespaces } = RECOMMENDED;
  const { obstacles, documents } = exportPolicies(strictly(id, RECOMMENDED).policies, {
    excludedNamespaces,
    kubernetesVersion: '1.36',
  });
  const left = obstacles.map(({ rule, message }) => `\`${rule}\` ${message}`).join('; ');
  const answer = documents.length === 0 ? 'no' : obstacles.length === 0 ? 'yes' : 'in part';
  return `| [\`${id}\`](../policies/${id}/README.md) | ${answer} | ${left} |`;
}

it('docs/export.md says which policies go', async () => {
  const table = ['| policy | goes | stays behind |', '| --- | --- | --- |', ...policyIds().map(rowOf)].join('\n');
  const page = textOf(PAGE).replace(
    /(<!-- policies:.*-->\n)[\s\S]*(<!-- end of policies -->)/,
    (_, start: string, end: string) => `${start}\n${table}\n\n${end}`,
  );
  await expect(page).toMatchFileSnapshot(join(REPOSITORY, PAGE));
});
