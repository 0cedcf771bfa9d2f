/** The protocol's edge: what arrives as JSON becomes a Request, or the reason why it is none. */
import { Ajv, type ErrorObject } from 'ajv';
import type { Request } from '../engine/decision.ts';
import { valueAt } from '../policy/path.ts';

/** An AdmissionReview v1 as the API server sends it; everything the engine reads has the type it relies on. */
export interface Review {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly request: Request;
}

export type ParsedReview =
  | { readonly ok: true; readonly review: Review }
  | { readonly ok: false; readonly message: string; readonly uid?: string };

const STRING = { type: 'string' };
const OBJECT_OR_NULL = { type: 'object', nullable: true };
const GROUP_VERSION = { group: STRING, version: STRING };
const KIND = {
  type: 'object',
  required: ['group', 'version', 'kind'],
  properties: { ...GROUP_VERSION, kind: STRING },
};
const RESOURCE = {
  type: 'object',
  required: ['group', 'version', 'resource'],
  properties: { ...GROUP_VERSION, resource: STRING },
};

/** The field must be an object for these operations. */
function needs(field: string, operations: readonly string[]): object {
  return {
    if: { properties: { operation: { enum: operations } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: [field], properties: { [field]: { type: 'object', nullable: false } } },
  };
}

// A uid is echoed and logged: the API server's is 36 characters, and nobody's book shall come back.
const MAX_UID = 256;

// Only the envelope is described: the object is whatever the cluster serves, and its own rules are the policies.
const SCHEMA = {
  type: 'object',
  required: ['apiVersion', 'kind', 'request'],
  properties: {
    apiVersion: { const: 'admission.k8s.io/v1' },
    kind: { const: 'AdmissionReview' },
    request: {
      type: 'object',
      required: ['uid', 'kind', 'resource', 'operation', 'userInfo'],
      properties: {
        uid: { type: 'string', minLength: 1, maxLength: MAX_UID },
        kind: KIND,
        resource: RESOURCE,
        subResource: STRING,
        requestKind: { ...KIND, nullable: true },
        requestResource: { ...RESOURCE, nullable: true },
        requestSubResource: STRING,
        name: STRING,
        namespace: STRING,
        operation: { enum: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'] },
        userInfo: { type: 'object' },
        object: OBJECT_OR_NULL,
        oldObject: OBJECT_OR_NULL,
        dryRun: { type: 'boolean', nullable: true },
        options: OBJECT_OR_NULL,
      },
      // Without these, a CREATE of nothing would break no rule and be allowed, and an UPDATE of nothing be judged as new.
      allOf: [needs('object', ['CREATE', 'UPDATE']), needs('oldObject', ['UPDATE'])],
    },
  },
};

// Compiled at every start: without proving our own schema against the meta-schema, and without polishing the code for V8,
// which does that itself, it takes a tenth of the time.
const AJV = new Ajv({ verbose: true, meta: false, validateSchema: false, code: { optimize: false } });
const isReview = AJV.compile<Review>(SCHEMA);

/**
 * A parsed JSON body as a Review; the object in it stays the very one of the body. Otherwise one line that names the
 * field, with the request's uid where there is one, so that the answer can carry it.
 */
export function parseReview(body: unknown): ParsedReview {
  if (isReview(body)) return { ok: true, review: withNulls(body) };
  const uid = uidOf(body);
  const message = explain(isReview.errors?.[0]);
  return uid === undefined ? { ok: false, message } : { ok: false, message, uid };
}

/** The engine tells "no object" by null alone; other clients than the API server may leave the fields out. */
function withNulls(review: Review): Review {
  const { request } = review;
  if (request.object !== undefined && request.oldObject !== undefined) return review;
  return { ...review, request: { ...request, object: request.object ?? null, oldObject: request.oldObject ?? null } };
}

function explain(error: ErrorObject | undefined): string {
  if (error === undefined) return 'the body is no AdmissionReview';
  const { keyword, params, data, schema } = error;
  const field = error.instancePath.slice(1).replaceAll('/', '.') || 'the body';
  switch (keyword) {
    case 'required':
      return `${field} has no ${params['missingProperty']}`;
    case 'type':
      return `${field} is ${typeName(data)}: expected ${withArticle(String(schema))}`;
    case 'const':
      return `${field} is ${show(data)}: expected ${show(schema)}`;
    case 'enum':
      return `${field} is ${show(data)}: expected one of ${(schema as readonly string[]).join(', ')}`;
    default:
      return `${field} ${error.message ?? 'is not as expected'}`;
  }
}

// Never the value itself where an object was expected: it may be a Secret's.
function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : withArticle(typeof value);
}

function withArticle(type: string): string {
  return type === 'object' ? 'an object' : `a ${type}`;
}

function show(value: unknown): string {
  return typeof value === 'object' ? typeName(value) : (JSON.stringify(value) ?? 'missing').slice(0, 80);
}

function uidOf(body: unknown): string | undefined {
  const uid = valueAt(body, ['request', 'uid']);
  return typeof uid === 'string' && uid !== '' && uid.length <= MAX_UID ? uid : undefined;
}
