/** Our additions to CEL, all of them. */
import type { FunctionDeclaration } from '../cel/function.ts';
import { BOOL, DYN, list, map, STRING } from '../cel/type.ts';
import type { Value } from '../cel/value.ts';
import { API_LIFE_FUNCTIONS } from './library/api-life.ts';
import { BOOTSTRAP_TOKEN_FUNCTIONS } from './library/bootstrap-token.ts';
import { CERTIFICATE_FUNCTIONS } from './library/certificate.ts';
import { CREDENTIAL_FUNCTIONS } from './library/credential.ts';
import { DATA_SIZE_FUNCTIONS } from './library/data-size.ts';
import { ENV_FUNCTIONS } from './library/env.ts';
import { HOST_FUNCTIONS } from './library/host.ts';
import { imageMatches, parseImage } from './library/image.ts';
import { IMAGE_SIZE_FUNCTIONS } from './library/image-size.ts';
import { IP_HOST_FUNCTIONS } from './library/ip-host.ts';
import { NODE_FUNCTIONS } from './library/node.ts';
import { PROBE_FUNCTIONS } from './library/probe.ts';
import { PULL_SECRET_FUNCTIONS } from './library/pull-secret.ts';
import { QOS_FUNCTIONS } from './library/qos.ts';
import { REFERENCE_FUNCTIONS } from './library/reference.ts';
import { RESOURCES_FUNCTIONS } from './library/resources.ts';
import { selectsUntyped } from './library/selector.ts';
import { SHELL_FUNCTIONS } from './library/shell.ts';
import { STORE_FUNCTIONS } from './library/store.ts';
import { WRITTEN_FUNCTIONS } from './library/written.ts';

/** `image(ref)`, `imageMatches(ref, patterns)`, `selects(selector, labels)`. */
const OWN_FUNCTIONS: readonly FunctionDeclaration[] = [
  {
    name: 'image',
    overloads: [
      {
        id: 'tidegate_image_string',
        parameters: [STRING],
        result: map(STRING, STRING),
        call: (reference) => ({ ...parseImage(String(reference)) }),
      },
    ],
  },
  {
    name: 'imageMatches',
    overloads: [
      {
        id: 'tidegate_image_matches_string_list',
        parameters: [STRING, list(STRING)],
        result: BOOL,
        call: (reference, patterns) => imageMatches(String(reference), patterns as readonly Value[]),
      },
    ],
  },
  {
    name: 'selects',
    overloads: [
      {
        id: 'tidegate_selects_dyn_dyn',
        parameters: [DYN, DYN],
        result: BOOL,
        call: (selector, labels) => selectsUntyped(selector, labels),
      },
    ],
  },
];

/** All of our functions: docs/policy.md describes them. */
export const LIBRARY: readonly FunctionDeclaration[] = [
  ...OWN_FUNCTIONS,
  ...RESOURCES_FUNCTIONS,
  ...API_LIFE_FUNCTIONS,
  ...IMAGE_SIZE_FUNCTIONS,
  ...QOS_FUNCTIONS,
  ...PULL_SECRET_FUNCTIONS,
  ...CERTIFICATE_FUNCTIONS,
  ...BOOTSTRAP_TOKEN_FUNCTIONS,
  ...HOST_FUNCTIONS,
  ...WRITTEN_FUNCTIONS,
  ...SHELL_FUNCTIONS,
  ...PROBE_FUNCTIONS,
  ...STORE_FUNCTIONS,
  ...NODE_FUNCTIONS,
  ...ENV_FUNCTIONS,
  ...CREDENTIAL_FUNCTIONS,
  ...DATA_SIZE_FUNCTIONS,
  ...IP_HOST_FUNCTIONS,
  ...REFERENCE_FUNCTIONS,
];
