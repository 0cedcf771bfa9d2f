import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPolicyFolder } from '../src/fixtures/cases.ts';
import { runCase } from '../src/fixtures/run.ts';
import { testedPolicy } from '../src/fixtures/tested.ts';
import { folderProblems, HEADINGS, indexPage, policyIds, readmeOf, sourceOf } from './support/policy-pack.ts';
import { REPOSITORY, textOf } from './support/source.ts';

const ids = policyIds();

describe.each(ids)('policies/%s', (id) => {
  const source = sourceOf(id);
  const { policy } = source;
  const { cases } = readPolicyFolder(join(REPOSITORY, 'policies', id));

  it('bears the name of its folder', () => {
    expect(policy.metadata.name).toBe(id);
  });

  it('has every part of a policy, and nothing else', () => {
    expect(folderProblems(id, policy)).toEqual([]);
  });

  it.each(cases)('$name is judged as it should be', (fixture) => {
    expect(runCase(testedPolicy(source), fixture).failures).toEqual([]);
  });

  it('says what it does by default', () => {
    expect(policy.spec.enforcement?.action).toBeDefined();
  });

  it('describes each parameter and gives it a default', () => {
    const properties = Object.entries((policy.spec.parameters?.['properties'] ?? {}) as Record<string, object>);
    const bare = properties.filter(([, schema]) => !('description' in schema && 'default' in schema));
    expect(bare.map(([name]) => name)).toEqual([]);
  });

  it('says all it says to people in single, whole sentences', () => {
    const { rationale, remediation, title } = policy.spec;
    for (const sentence of [rationale, remediation]) expect(sentence).toMatch(/^[A-Z][^\n]{20,158}\.$/);
    expect(title).toMatch(/^[A-Z][^\n]{5,90}[^.]$/);
  });

  it('has a page with its title and the four chapters, in their order', () => {
    const page = textOf(`policies/${id}/README.md`);
    expect(page.startsWith(`# ${id}\n\n${policy.spec.title}.\n\n${HEADINGS[0]}\n`)).toBe(true);
    expect(page.match(/^##? .*$/gm)?.slice(1)).toEqual(HEADINGS);
    expect(page).toContain('```yaml\n');
  });

  it('has its parameters on its page, as `npx vitest run test/policies.test.ts --update` writes them', async () => {
    await expect(readmeOf(id, policy)).toMatchFileSnapshot(join(REPOSITORY, 'policies', id, 'README.md'));
  });
});

it('docs/policies.md lists every policy, as `npx vitest run test/policies.test.ts --update` writes them', async () => {
  await expect(indexPage(ids.map((id) => sourceOf(id).policy))).toMatchFileSnapshot(
    join(REPOSITORY, 'docs', 'policies.md'),
  );
});
