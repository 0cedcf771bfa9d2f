/**
 * `npm run new:policy -- <id>`: the folder of a new policy, which compiles and passes its tests from the first moment. The
 * rule in it is an example, to be replaced.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testPolicies } from '../../src/cli/test.ts';
import { HEADINGS } from '../support/policy-pack.ts';
import { REPOSITORY } from '../support/source.ts';

/** What ids look like: the verb says what a policy does. */
export const ID: RegExp = /^(require|disallow|restrict|set)(-[a-z0-9]+)+$/;

/** The files of a new policy by their path in its folder; goldens are written by `tidegate test --update`. */
export function newPolicyFiles(id: string): Readonly<Record<string, string>> {
  const common = {
    'README.md': readme(id),
    'policy.yaml': `${head(id)}${id.startsWith('set-') ? MUTATION : VALIDATION}`,
  };
  if (id.startsWith('set-')) return { ...common, 'mutate/absent.before.yaml': deployment('') };
  return { ...common, 'good/present.yaml': deployment(TEAM), 'bad/absent.yaml': deployment('') };
}

const head = (id: string): string => `apiVersion: tidegate.dev/v1alpha1
kind: Policy
metadata:
  name: ${id}
spec:
  title: Every Pod says which team it belongs to
  category: Workload hygiene
  severity: low
  rationale: Without a team nobody knows whom to call when the Pod does harm.
  remediation: Add the label team to the Pod template.
  subject: PodTemplate
  enforcement:
    action: ${id.startsWith('set-') ? 'Mutate' : 'Audit'}
  parameters:
    type: object
    additionalProperties: false
    properties:
      label:
        description: The label that names the team.
        type: string
        default: team
`;

const VALIDATION = `  validations:
    - name: label
      expression: params.label in object.metadata.?labels.orValue({})
      messageExpression: >-
        'The Pod has no label "' + params.label + '".'
      path: metadata.labels
`;

const MUTATION = `  mutations:
    - name: label
      applyConfiguration:
        expression: >-
          params.label in object.metadata.?labels.orValue({}) ? Object{} : Object{
            metadata: Object.metadata{labels: {params.label: 'unknown'}}
          }
`;

const readme = (id: string): string => {
  const [why, fix, not, parameters] = HEADINGS;
  return `# ${id}

Every Pod says which team it belongs to.

${why}

What goes wrong without it, and what exactly is judged.

${fix}

\`\`\`yaml
metadata:
  labels:
    team: payments
\`\`\`

${not}

Where the practice does harm, and how to leave one workload out.

${parameters}
`;
};

const TEAM = '\n        team: payments';

const deployment = (label: string): string => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web${label}
    spec:
      containers:
        - name: web
          image: example.com/web:1.4.2
`;

/** Writes the folder and its goldens; the lines to print, or a reason why nothing was written. */
export function writePolicyFolder(
  id: string,
  parent: string,
): { readonly ok: boolean; readonly lines: readonly string[] } {
  const folder = join(parent, id);
  if (!ID.test(id))
    return {
      ok: false,
      lines: [`"${id}" is no id of a policy: require-, disallow-, restrict- or set-, then small words`],
    };
  if (existsSync(folder)) return { ok: false, lines: [`${folder} is there already`] };
  for (const [file, text] of Object.entries(newPolicyFiles(id))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const lines: string[] = [];
  const exit = testPolicies([folder], { update: true }, (line) => lines.push(line));
  return { ok: exit === 0, lines: [...lines, ...NEXT.map((line) => line.replaceAll('<id>', id))] };
}

const NEXT = [
  'Next, in policies/<id>/:',
  '  1. policy.yaml: the rule, in place of the example (docs/policy.md)',
  '  2. good/, bad/ or mutate/: a case for each edge; node src/main.ts test --update policies/<id> writes the goldens',
  '  3. README.md: the four chapters; npx vitest run test/policies.test.ts -t <id> --update fills in the parameters',
];

if (import.meta.main) {
  const { ok, lines } = writePolicyFolder(process.argv[2] ?? '', join(REPOSITORY, 'policies'));
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  process.exitCode = ok ? 0 : 2;
}
