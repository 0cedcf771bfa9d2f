const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;

const IS_LABEL = whole(LABEL);
const IS_SUBDOMAIN = whole(SUBDOMAIN);
const IS_LABEL_1035 = whole(LABEL_1035);
const IS_QUALIFIED = whole(QUALIFIED);
const IS_LABEL_VALUE = whole(LABEL_VALUE);

function whole(expression: string): RegExp {
  return new RegExp(`^${expression}$`);
}

function hint(message: string, expression: string, ...examples: readonly string[]): string {
  const quoted = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${quoted}regex used for validation is '${expression}')`;
}

const LABEL_HINT = hint(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const SUBDOMAIN_HINT = hint(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const LABEL_1035_HINT = hint(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);
const QUALIFIED_HINT = hint(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
);
const LABEL_VALUE_HINT = hint(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);

type Unit = 'characters' | 'bytes';

function lengthProblems(text: string, most: number, unit: Unit): string[] {
  return Buffer.byteLength(text) > most ? [`must be no more than ${most} ${unit}`] : [];
}

/** What is wrong with a text as an RFC 1123 label, in the words of Kubernetes; empty where nothing is. */
export function labelProblems(text: string): string[] {
  const problems = lengthProblems(text, 63, 'characters');
  if (IS_LABEL.test(text)) return problems;
  return [...problems, IS_SUBDOMAIN.test(text) ? 'must not contain dots' : LABEL_HINT];
}

/** What is wrong with a text as an RFC 1123 subdomain. Kubernetes says `bytes` where it is the prefix of a name. */
export function subdomainProblems(text: string, unit: Unit = 'characters'): string[] {
  const problems = lengthProblems(text, 253, unit);
  return IS_SUBDOMAIN.test(text) ? problems : [...problems, SUBDOMAIN_HINT];
}

/** What is wrong with a text as an RFC 1035 label. */
export function label1035Problems(text: string): string[] {
  const problems = lengthProblems(text, 63, 'characters');
  return IS_LABEL_1035.test(text) ? problems : [...problems, LABEL_1035_HINT];
}

/** What is wrong with a text as the value of a label. */
export function labelValueProblems(text: string): string[] {
  const problems = lengthProblems(text, 63, 'bytes');
  return IS_LABEL_VALUE.test(text) ? problems : [...problems, LABEL_VALUE_HINT];
}

/** What is wrong with a text as the key of a label: a name, or a subdomain, `/` and a name. */
export function qualifiedNameProblems(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `a valid label key ${QUALIFIED_HINT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? '';
  const problems = parts.length === 2 ? prefixProblems(parts[0] ?? '') : [];
  if (name === '') problems.push('name part must be non-empty');
  problems.push(...lengthProblems(name, 63, 'bytes').map((problem) => `name part ${problem}`));
  return IS_QUALIFIED.test(name) ? problems : [...problems, `name part ${QUALIFIED_HINT}`];
}

function prefixProblems(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return subdomainProblems(prefix, 'bytes').map((problem) => `prefix part ${problem}`);
}

/** A prefix of a name may end in a dash: the name that is made of it goes on. */
export function withoutTrailingDash(text: string): string {
  return text.length > 1 && text.endsWith('-') ? `${text.slice(0, -2)}a` : text;
}
