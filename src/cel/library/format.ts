import type { FunctionDeclaration, Library } from '../function.ts';
import { list, optional, STRING } from '../type.ts';
import { Boxed, Optional, type Result, type Value } from '../value.ts';
import { regexTraversal, sizeOf } from './cost.ts';
import { declare, global, member } from './declare.ts';
import { NAMED_FORMAT_TYPE } from './kubernetes-types.ts';
import {
  label1035Problems,
  labelProblems,
  labelValueProblems,
  qualifiedNameProblems,
  subdomainProblems,
  withoutTrailingDash,
} from './name-format.ts';
import { requestProblem } from './url-parse.ts';

/** A named format: what is wrong with a text, and the size of the expression that costs reckon with. */
class NamedFormat extends Boxed {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly expressionSize: number;
  readonly problems: (text: string) => readonly string[];

  constructor(name: string, expressionSize: number, problems: (text: string) => readonly string[]) {
    super();
    this.name = name;
    this.expressionSize = expressionSize;
    this.problems = problems;
  }

  override equals(other: Value): boolean {
    return other instanceof NamedFormat && other.name === this.name;
  }

  override comparable(other: Value): boolean {
    return other instanceof NamedFormat;
  }
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const TIME = /^([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[^\n][0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})$/u;

function isDate(text: string): boolean {
  const [year = 0, month = 0, day = 0] = (DATE.exec(text) ?? []).slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return month >= 1 && month <= 12 && day >= 1 && date.getUTCDate() === day;
}

/** Only the second part is looked at, and seconds go up to 59: so does Kubernetes. */
function isDateTime(text: string): boolean {
  const [date = '', time = ''] = text.toLowerCase().split('t');
  const match = TIME.exec(time);
  if (match === null || !isDate(date)) return false;
  const [, hour = '', minute = '', second = ''] = match;
  return hour <= '23' && minute <= '59' && second <= '59';
}

function unless(valid: (text: string) => boolean, problem: string): (text: string) => readonly string[] {
  return (text) => (valid(text) ? [] : [problem]);
}

function uriProblems(text: string): readonly string[] {
  const problem = requestProblem(text);
  return problem === undefined ? [] : [problem];
}

/** Names in `format.named`, and of the functions `format.NAME()`. */
const FORMATS: Readonly<Record<string, NamedFormat>> = {
  dns1123Label: new NamedFormat('DNS1123Label', 30, labelProblems),
  dns1123Subdomain: new NamedFormat('DNS1123Subdomain', 60, (text) => subdomainProblems(text)),
  dns1035Label: new NamedFormat('DNS1035Label', 30, label1035Problems),
  qualifiedName: new NamedFormat('QualifiedName', 60, qualifiedNameProblems),
  dns1123LabelPrefix: new NamedFormat('DNS1123LabelPrefix', 30, (text) => labelProblems(withoutTrailingDash(text))),
  dns1123SubdomainPrefix: new NamedFormat('DNS1123SubdomainPrefix', 60, (text) =>
    subdomainProblems(withoutTrailingDash(text)),
  ),
  dns1035LabelPrefix: new NamedFormat('DNS1035LabelPrefix', 30, (text) => label1035Problems(withoutTrailingDash(text))),
  labelValue: new NamedFormat('LabelValue', 40, labelValueProblems),
  uri: new NamedFormat('URI', 1103, uriProblems),
  uuid: new NamedFormat(
    'uuid',
    70,
    unless((text) => UUID.test(text), 'does not match the UUID format'),
  ),
  byte: new NamedFormat(
    'byte',
    84,
    unless((text) => BASE64.test(text), 'invalid base64'),
  ),
  date: new NamedFormat('date', 71, unless(isDate, 'invalid date')),
  datetime: new NamedFormat('datetime', 71, unless(isDateTime, 'invalid datetime')),
};

/** `format.named(<string>) -> <optional<Format>>`: the format of that name, if there is one. */
function named(name: string): Result {
  return Object.hasOwn(FORMATS, name) ? new Optional(FORMATS[name]) : Optional.NONE;
}

/** `<Format>.validate(<string>) -> <optional<list<string>>>`: what is wrong; none where nothing is. */
function validate(format: NamedFormat, text: string): Result {
  const problems = format.problems(text);
  return problems.length === 0 ? Optional.NONE : new Optional(problems);
}

const validateCost: FunctionDeclaration['cost'] = ([format, text]) =>
  format instanceof NamedFormat ? regexTraversal(sizeOf(text), format.expressionSize) : 1;

/** Kubernetes' `format` library, since 1.31: `format.named` and one function for each format. */
export const FORMAT: Library = {
  name: 'format',
  functions: [
    declare('format.named', [global('format-named', [STRING], optional(NAMED_FORMAT_TYPE), named)]),
    declare(
      'validate',
      [member('format-validate', [NAMED_FORMAT_TYPE, STRING], optional(list(STRING)), validate)],
      validateCost,
    ),
    ...Object.entries(FORMATS).map(([name, format]) =>
      declare(`format.${name}`, [global(`format.${name}`, [], NAMED_FORMAT_TYPE, () => format)]),
    ),
  ],
};
