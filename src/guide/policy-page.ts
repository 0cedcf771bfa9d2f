/** `tidegate explain`: what there is to know of one policy, for a terminal. */
import type { JsonMap } from '../cel/value.ts';
import type { CompiledPolicy } from '../engine/compiled.ts';
import type { Screen } from '../report/paint.ts';
import { printable } from '../report/printable.ts';
import { actionOf, actionWord, paintAction, STAR } from './action.ts';
import { markdownLines, textLines } from './markdown.ts';

/** One parameter of a policy, as its schema describes it. */
export interface Parameter {
  readonly name: string;
  readonly description: string;
  readonly default: unknown;
}

/** In the order of the schema. */
function parametersOf(schema: JsonMap | undefined): readonly Parameter[] {
  const properties = Object.entries((schema?.['properties'] ?? {}) as Readonly<Record<string, JsonMap>>);
  return properties.map(([name, property]) => ({
    name,
    description: String(property['description'] ?? ''),
    default: property['default'],
  }));
}

/**
 * The page as text with a newline at its end. `readme` is the Markdown page beside the policy; without one the page is made
 * from what the policy says of itself.
 */
export function policyPage(compiled: CompiledPolicy, readme: string | undefined, screen: Screen): string {
  const { spec } = compiled.policy;
  const { paint, width } = screen;
  const facts = `${spec.category}, ${spec.severity} severity, `;
  const inForce = actionOf(compiled);
  const action = actionWord(inForce);
  const gap = Math.max(2, width - compiled.id.length - facts.length - action.length);
  const title = `${paint.bold(compiled.id)}${' '.repeat(gap)}${paint.dim(facts)}${paintAction(action, paint)}`;
  const body = readme === undefined ? ownWords(compiled) : humanPart(readme);
  const lines = [title, '', ...markdownLines(body, screen), '', ...parameterLines(compiled, screen), ''];
  const note = inForce.differsByNamespace ? [STAR] : [];
  return `${[...lines, ...note, paint.dim(`From ${compiled.file}`)].join('\n')}\n`;
}

/** The page between its title and its table of parameters. */
function humanPart(readme: string): string {
  const [page = ''] = readme.split('\n## Parameters\n');
  return page.replace(/^# .*\n/, '');
}

function ownWords({ policy }: CompiledPolicy): string {
  const { title, description, rationale, remediation } = printable(policy.spec);
  const intro = [`${title}.`, description].filter((text) => text !== undefined && text !== '');
  return [...intro, '## Why it matters', rationale, '## How to fix', remediation].join('\n\n');
}

function parameterLines({ policy, params }: CompiledPolicy, screen: Screen): readonly string[] {
  const parameters = parametersOf(policy.spec.parameters);
  const title = screen.paint.bold('Parameters');
  if (parameters.length === 0) return [title, '  None.'];
  return [title, ...parameters.flatMap((one) => parameterBlock(one, params[one.name], screen))];
}

/** Its value in force, and the default where that is another. */
function parameterBlock(parameter: Parameter, value: unknown, screen: Screen): readonly string[] {
  const inForce = JSON.stringify(value ?? parameter.default);
  const usual = JSON.stringify(parameter.default);
  const note = inForce === usual ? '' : ` (default: ${usual})`;
  return [
    ...textLines(`\`${parameter.name}\`: ${inForce}${note}`, '  ', '      ', screen),
    ...textLines(parameter.description, '      ', '      ', screen),
  ];
}
