/** One document with its objects mended, and nothing else changed. */
import { type Document, parseDocument } from 'yaml';
import { readManifests } from '../audit/manifests.ts';
import { parseYaml, withoutPadding } from '../audit/yaml.ts';
import type { JsonMap, Value } from '../cel/value.ts';
import type { Patch } from '../engine/decision.ts';
import { diff } from '../engine/object/diff.ts';
import { isJsonMap, jsonEqual } from '../engine/object/equal.ts';
import { applyPatch } from '../engine/object/patch.ts';
import { pointerSteps } from '../engine/object/pointer.ts';
import { editsOf, type Wanted } from './edits.ts';
import { withEdits } from './splice.ts';
import { type Style, styleOf } from './style.ts';

/** What one object of the document is to become. */
export interface Amendment {
  /** The object's number among the objects of the document. */
  readonly index: number;
  /** Of the object as it is written. */
  readonly patch: Patch;
}

export type Rewritten = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string };

/** Makes amendments of one document, each time of the text as it was given. */
export type Rewriter = (amendments: readonly Amendment[]) => Rewritten;

/**
 * The text of a document with these amendments made. It has been read again as the audit reads it, and holds exactly the
 * objects that the patches make; whatever they do not name is there as it was, comments, order and quotes included.
 */
export function rewritten(text: string, amendments: readonly Amendment[]): Rewritten {
  return rewriterOf(text)(amendments);
}

/** As `rewritten`, for several tries of one text, which is read once. */
export function rewriterOf(text: string): Rewriter {
  const { manifests } = readManifests([{ file: '', text }]);
  const edit = editorOf(text);
  return (amendments) => {
    const wanted: Wanted[] = [];
    const expected = manifests.map(({ object }) => object);
    for (const { index, patch } of amendments) {
      const manifest = manifests[index];
      const patched = manifest && applyPatch(expected[index] as JsonMap, patch);
      if (!manifest || !patched?.ok) return { ok: false, message: 'the object is not there any more' };
      const before = expected[index] as JsonMap;
      expected[index] = patched.object as JsonMap;
      wanted.push({ path: manifest.source.path, patch: refined(before, patch) });
    }
    const edited = edit(wanted);
    if (!edited.ok) return edited;
    const objects = readManifests([{ file: '', text: edited.text }]).manifests.map(({ object }) => object);
    return jsonEqual(objects, expected) ? edited : { ok: false, message: reasonFor(text) };
  };
}

/** The patch with no more in it than what changes: a new object in the place of another is what differs between them. */
function refined(object: JsonMap, patch: Patch): Patch {
  return patch.flatMap((operation, index) => {
    if (operation.op !== 'replace' || !isJsonMap(operation.value)) return [operation];
    const before = valueAt(object, patch.slice(0, index), operation.path);
    if (!isJsonMap(before)) return [operation];
    return refined(before, diff(before, operation.value)).map((inner) => ({
      ...inner,
      path: operation.path + inner.path,
    }));
  });
}

function valueAt(object: JsonMap, done: Patch, pointer: string): Value | undefined {
  const patched = applyPatch(object, done);
  const steps = pointerSteps(pointer);
  if (!patched.ok || !steps) return undefined;
  return steps.reduce<Value | undefined>((value, step) => (value as JsonMap | undefined)?.[step], patched.object);
}

/** Edits of a text, which is parsed when the first one is asked for. */
function editorOf(text: string): (wanted: readonly Wanted[]) => Rewritten {
  let opened: Opened | undefined;
  return (wanted) => {
    opened ??= open(text);
    return edit(text, opened, wanted);
  };
}

/** A text as its nodes are read: without what keeps it from being YAML. */
interface Opened {
  readonly padded: string;
  readonly document: Document;
  readonly style: Style;
}

function open(text: string): Opened {
  const readable = parseYaml(text);
  const padded = readable.ok ? readable.text : text;
  const document = parsed(padded);
  return { padded, document, style: styleOf(document, padded) };
}

function edit(text: string, { padded, document, style }: Opened, wanted: readonly Wanted[]): Rewritten {
  const [error] = document.errors;
  if (error) return { ok: false, message: `its YAML is unusual: ${error.message.split('\n', 1)[0]}` };
  const edits = editsOf(document, wanted);
  if (edits === undefined) return { ok: false, message: 'the file does not have what the fix would be a part of' };
  const result = withEdits({ text: padded, style }, edits);
  if (result === undefined) return { ok: false, message: reasonFor(text) };
  return { ok: true, text: padded === text ? result : withoutPadding(result) };
}

// As the audit reads it, as far as nodes and keys go: merge keys, the last of two equal keys, strings as keys.
function parsed(text: string): Document {
  const options = { keepSourceTokens: true, merge: true, stringKeys: true, uniqueKeys: false, prettyErrors: false };
  return parseDocument(text, options);
}

function reasonFor(text: string): string {
  const isShared = /(?:^|[\s:[{,-])[&*][A-Za-z0-9_]/.test(text);
  return isShared
    ? 'an anchor and its aliases share the place'
    : 'the place is written in a way that is not safe to edit';
}
