/** From the text of files to the objects in them. Whatever else the files hold is named, and stops nothing. */
import type { JsonMap, Value } from '../cel/value.ts';
import type { Path } from '../engine/decision.ts';
import { isJsonMap, mapOf } from '../engine/object/equal.ts';
import { groupOf } from '../policy/api-version.ts';
import { formatPath } from '../policy/path.ts';
import type { Position, Problem } from '../policy/problem.ts';
import type { Skipped } from '../report/report.ts';
import { type DocumentText, splitDocuments } from './documents.ts';
import { type JsonReading, readJson } from './json.ts';
import { isBuiltInGroup, type ResourceKind } from './kinds.ts';
import type { Knowledge } from './knowledge.ts';
import { type Locator, locatorOf } from './locate.ts';
import { type PatchFile, patchFilesOf, withoutPatches } from './patches.ts';
import { completed, type ShapeError, shapeErrors } from './shape.ts';
import { type Reading, readYaml } from './yaml.ts';

/** The text of a file, under the name that reports give it. */
export interface Input {
  readonly file: string;
  readonly text: string;
}

/** An object to be judged: of a file, as it was written, or of a cluster. Its parts have the types that its kind says. */
export interface GivenObject {
  readonly object: JsonMap;
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty where the object has none. */
  readonly metadata: JsonMap;
  /** The resource, where that is known and need not be guessed from the kind. */
  readonly resource?: ResourceKind;
  /** Left out for an object of a cluster, and `locate` with it. */
  readonly file?: string;
  readonly source?: ManifestSource;
  locate?(path: Path): Position;
}

/** An object as it was written, and where. */
export interface Manifest extends GivenObject {
  readonly file: string;
  readonly source: ManifestSource;
  /** The place of a field in the file, or of its nearest parent where the file does not have the field. */
  locate(path: Path): Position;
}

/** The text that a manifest was read from. */
export interface ManifestSource {
  /** The whole document, which may hold more objects than this one. */
  readonly text: string;
  /** Where it begins in the text of the input: an offset in UTF-16 units. */
  readonly start: number;
  /** The object's place in the document: empty but for the items of a List. */
  readonly path: Path;
}

/** What an audit is about. */
export interface Given {
  /** The cluster they live in, as its user calls it; left out for files. */
  readonly cluster?: string;
  readonly manifests: readonly GivenObject[];
  /** What was meant to be judged and cannot be, or not as it stands. */
  readonly problems: readonly Problem[];
  /** Documents that are no Kubernetes objects. */
  readonly skipped: readonly Skipped[];
  /** How many files were read. */
  readonly files: number;
  /** What policies may look up, and nobody judges. */
  readonly beside?: readonly GivenObject[];
  /** What can be said of objects that are not among these; left out for files, which are all there is. */
  readonly knows?: Knowledge;
  /** Of a cluster, as `1.36`. */
  readonly kubernetesVersion?: string;
}

/** What was read of files. */
export interface Manifests extends Given {
  /** In the order of the files and of the documents in them; the items of a List in its place. */
  readonly manifests: readonly Manifest[];
  /** What kustomizations among the files name as patches, be it there or not. */
  readonly patches: readonly PatchFile[];
}

interface Collector {
  readonly manifests: Manifest[];
  readonly problems: Problem[];
  readonly skipped: Skipped[];
  readonly patches: PatchFile[];
}

/** Reads every document of every input, one input at a time. Bad ones become problems: nothing throws. */
export function readManifests(inputs: Iterable<Input>): Manifests {
  const collector: Collector = { manifests: [], problems: [], skipped: [], patches: [] };
  let files = 0;
  for (const { file, text } of inputs) {
    files++;
    const content = text.replace(/^\uFEFF/, '');
    const mark = text.length - content.length;
    const json = readJson(content);
    if (json !== undefined) addJson(file, { text: content, start: 0, linesBefore: 0 }, mark, json, collector);
    else for (const part of splitDocuments(content)) addDocument(file, part, mark, collector);
  }
  return withoutPatches({ ...collector, files }, collector.patches);
}

/** Where a value of a document stands: turns its own paths into places of the file. */
interface Place {
  readonly file: string;
  readonly source: ManifestSource;
  locate(path: Path): Position;
  /** The place of a part of the value. */
  inside(path: Path): Place;
}

/** The place of a document that stands in the file after a byte order mark of `mark` characters. */
function placeOf(file: string, document: DocumentText, mark: number): Place {
  const { text, start } = document;
  const locator = locatorOf(text);
  return placeIn(file, { text, start: start + mark, path: [] }, (path) => positionIn(document, locator(path)));
}

/** The place in the file of what stands there in the document. */
function positionIn({ linesBefore, columnsBefore = 0 }: DocumentText, { line, column }: Position): Position {
  return { line: line + linesBefore, column: line === 1 ? column + columnsBefore : column };
}

function placeIn(file: string, source: ManifestSource, locator: Locator): Place {
  const inside = (path: Path): Path => [...source.path, ...path];
  return {
    file,
    source,
    locate: (path) => locator(inside(path)),
    inside: (path) => placeIn(file, { ...source, path: inside(path) }, locator),
  };
}

function problemAt(place: Place, path: Path, message: string, hint?: string): Problem {
  return { file: place.file, ...place.locate(path), message, ...(hint === undefined ? {} : { hint }) };
}

const PATCH_HINT = 'a patch? judge what is built with it: kustomize build . | tidegate audit -';
const HELM_HINT = 'a Helm template? render it first: helm template CHART | tidegate audit -';

function addDocument(file: string, document: DocumentText, mark: number, collector: Collector): void {
  const json = readJson(document.text);
  if (json !== undefined) {
    addJson(file, document, mark, json, collector);
    return;
  }
  const reading = readYaml(document.text);
  if (!reading.ok) {
    const hint = document.text.includes('{{') ? { hint: HELM_HINT } : {};
    const message = `cannot be read as YAML: ${reading.message}`;
    collector.problems.push({ file, ...positionIn(document, reading.position), message, ...hint });
    return;
  }
  tellDuplicate(file, document, reading, collector);
  if (reading.value !== undefined) addValue(reading.value, placeOf(file, document, mark), collector);
}

function addJson(file: string, document: DocumentText, mark: number, json: JsonReading, collector: Collector): void {
  if (json.hasDuplicate) tellDuplicate(file, document, readYaml(document.text), collector);
  addValue(json.value, placeOf(file, document, mark), collector);
}

function tellDuplicate(file: string, document: DocumentText, reading: Reading, collector: Collector): void {
  if (!reading.ok || reading.duplicate === undefined) return;
  const { key, position } = reading.duplicate;
  const message = `the key "${key}" is there twice, and only the last one counts`;
  collector.problems.push({ file, ...positionIn(document, position), message });
}

function addValue(value: Value, place: Place, collector: Collector): void {
  if (isJsonMap(value)) collector.patches.push(...patchFilesOf(value, place.file));
  const content = identify(value);
  switch (content.is) {
    case 'foreign':
      collector.skipped.push({ file: place.file, line: place.locate([]).line, reason: content.reason });
      break;
    case 'broken':
      collector.problems.push(problemAt(place, content.path, content.message, content.hint));
      break;
    case 'list':
      for (const [index, item] of content.items.entries()) addValue(item, place.inside(['items', index]), collector);
      break;
    case 'object':
      addObject(content, place, collector);
  }
}

type Content =
  | { readonly is: 'foreign'; readonly reason: string }
  | { readonly is: 'broken'; readonly message: string; readonly path: Path; readonly hint: string }
  | { readonly is: 'list'; readonly items: readonly Value[] }
  | IdentifiedObject;

interface IdentifiedObject {
  readonly is: 'object';
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: JsonMap;
}

/** A Kubernetes object has an apiVersion, a kind and metadata; what has fewer than two of them was never meant as one. */
function identify(value: Value): Content {
  if (Array.isArray(value)) return { is: 'foreign', reason: 'a list, not a Kubernetes object' };
  if (!isJsonMap(value)) return { is: 'foreign', reason: 'plain text, not a Kubernetes object' };
  const { apiVersion, kind, metadata, items } = value;
  const named = [apiVersion, kind, metadata].filter((field) => field !== undefined).length;
  if (value['$patch'] !== undefined) return { is: 'foreign', reason: 'a patch of kustomize, not a Kubernetes object' };
  if (named < 2) return { is: 'foreign', reason: 'no Kubernetes object: it has no apiVersion, kind and metadata' };
  if (typeof apiVersion !== 'string') return broken(value, 'apiVersion');
  if (typeof kind !== 'string') return broken(value, 'kind');
  if (kind.endsWith('List') && Array.isArray(items)) return { is: 'list', items: itemsOf(apiVersion, kind, items) };
  // Of Go programs an empty list is `items: null`.
  if (kind.endsWith('List') && items === undefined && !hasName(metadata)) return { is: 'list', items: [] };
  if (metadata !== undefined || isBuiltInGroup(groupOf(apiVersion)))
    return { is: 'object', apiVersion, kind, object: value };
  return { is: 'foreign', reason: `no object of a cluster: ${kind} of ${apiVersion}, without metadata` };
}

function hasName(metadata: Value | undefined): boolean {
  const { name, generateName } = mapOf(metadata);
  return (name ?? generateName) !== undefined;
}

function broken(value: JsonMap, field: string): Content {
  const what = typeof value['kind'] === 'string' ? `this ${value['kind']}` : 'this object';
  const message = value[field] === undefined ? `${what} has no ${field}` : `the ${field} of ${what} is not a string`;
  return { is: 'broken', message, path: [field], hint: 'a Kubernetes object needs apiVersion, kind and metadata.name' };
}

/** Items of a typed list (`PodList`) may leave out what the list says for all of them. */
function itemsOf(apiVersion: string, kind: string, items: readonly Value[]): readonly Value[] {
  if (kind === 'List') return items;
  const implied = { apiVersion, kind: kind.slice(0, -'List'.length) };
  return items.map((item) => (isJsonMap(item) ? { ...implied, ...item } : item));
}

function addObject({ apiVersion, kind, object }: IdentifiedObject, place: Place, collector: Collector): void {
  const [error, ...more] = shapeErrors(groupOf(apiVersion), kind, object);
  if (error !== undefined) {
    const message = `cannot be read as ${kind}: ${formatPath(error.path)} ${error.message}`;
    collector.problems.push(problemAt(place, error.path, message, shapeHint(error, more.length)));
    return;
  }
  const whole = completed(groupOf(apiVersion), kind, object);
  for (const path of whole.missing) {
    collector.problems.push(problemAt(place, path, `this ${kind} has no ${formatPath(path)}`, PATCH_HINT));
  }
  const metadata = (object['metadata'] ?? {}) as JsonMap;
  if (!hasName(metadata)) {
    collector.problems.push(problemAt(place, ['metadata'], `this ${kind} has no name`, 'give it a metadata.name'));
  }
  collector.manifests.push({
    object: whole.object,
    apiVersion,
    kind,
    metadata,
    file: place.file,
    source: place.source,
    locate: place.locate,
  });
}

/** YAML makes a number of `80` and a boolean of `yes`; what is off by more than quotes is often in the wrong column. */
function shapeHint({ message }: ShapeError, more: number): string | undefined {
  const others = more > 0 ? `, and ${more} more like it` : '';
  if (/^is a (?:number|boolean), expected a string$/.test(message)) return `put it in quotes${others}`;
  return more > 0 ? `and ${more} more like it: is the indentation right?` : undefined;
}
