/** What the API server is told to ask us: the two lists of webhooks, as wide as the policies in force and no wider. */
import type { CompiledPolicy, PolicySet } from '../engine/compiled.ts';
import { TEMPLATE_RULES } from '../engine/match.ts';
import { canAct } from '../engine/policy-set.ts';
import type { ResourceRule } from '../policy/policy.ts';
import type { WebhookSettings } from '../policy/settings.ts';
import { whatTheyJudge } from './webhook-conditions.ts';
import { type WebhookRule, webhookRules } from './webhook-rules.ts';
import { type MatchCondition, notOfTheCluster } from './webhook-scope.ts';

export interface Installation {
  /** Of the Service. */
  readonly name: string;
  readonly namespace: string;
  /** What is called in place of the Service. */
  readonly url?: string | undefined;
  /** Our own user name: about what we write ourselves, nobody asks. */
  readonly user?: string | undefined;
}

export interface WebhookListInput {
  readonly set: PolicySet;
  readonly settings: WebhookSettings;
  /** PEM; empty where API servers know the authority themselves. */
  readonly caBundle: string;
  readonly installation: Installation;
}

/** As in admissionregistration.k8s.io/v1. */
export interface WebhookLists {
  readonly mutating: readonly object[];
  readonly validating: readonly object[];
}

/** Where a cluster runs itself, whatever the settings exclude. */
const SYSTEM_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease'];
const NAME_LABEL = 'kubernetes.io/metadata.name';
/** A namespace that has it, with any value, is left alone. */
const IGNORE_LABEL = 'tidegate.dev/ignore';

/** The same for the same input, in whatever order the policies are. A list without anything to ask about is empty. */
export function webhookLists(input: WebhookListInput): WebhookLists {
  const { set, settings } = input;
  const own = set.policies.filter(({ native }) => native === undefined).filter(canAct);
  const mutating = own.filter(({ mutations }) => mutations.length > 0);
  const validating = own.filter(({ validations }) => validations.length > 0);
  const { failurePolicy } = settings.validation;
  return {
    mutating: [
      ...webhook('mutate', 'mutate', mutating, 'usual', input, { failurePolicy: 'Ignore', ...AGAIN }),
      ...webhook('mutate-excluded', 'mutate', mutating.filter(judgesExcluded), 'excluded', input, {
        failurePolicy: 'Ignore',
        ...AGAIN,
      }),
    ],
    validating: [
      ...webhook('validate', 'validate', validating, 'usual', input, { failurePolicy }),
      // Whatever is asked for elsewhere: the cluster's own namespaces never wait for us.
      ...webhook('validate-excluded', 'validate', validating.filter(judgesExcluded), 'excluded', input, {
        failurePolicy: 'Ignore',
      }),
      ofOurResources(input),
    ],
  };
}

// Another webhook's change may call for one of ours: a container that was injected.
const AGAIN = { reinvocationPolicy: 'IfNeeded' };

function judgesExcluded({ policy }: CompiledPolicy): boolean {
  return policy.spec.excludedNamespaces === 'Judge';
}

/** `usual` namespaces, or only those that the settings exclude: no request comes by both. */
type Where = 'usual' | 'excluded';

function webhook(
  name: string,
  door: 'mutate' | 'validate',
  policies: readonly CompiledPolicy[],
  where: Where,
  input: WebhookListInput,
  more: object,
): readonly object[] {
  const { rules, isWild, asked } = webhookRules(policies.flatMap(rulesOf));
  if (rules.length === 0) return [];
  return [
    {
      name: `${name}.tidegate.dev`,
      ...common(`/${door}`, input),
      rules: where === 'usual' ? rules : rules.map(inNamespacesOnly),
      namespaceSelector: where === 'usual' ? usualNamespaces(input) : excludedNamespaces(input),
      matchConditions: [
        ...conditionsOf(input),
        ...(isWild ? notOfTheCluster(asked) : []),
        ...(where === 'usual' ? [] : whatTheyJudge(policies)),
      ],
      matchPolicy: 'Equivalent',
      ...more,
    },
  ];
}

/** What compile/constraints.ts matches by. */
function rulesOf({ policy }: CompiledPolicy): readonly ResourceRule[] {
  return policy.spec.matchConstraints?.resourceRules ?? TEMPLATE_RULES;
}

/** A selector of namespaces says nothing about what is in none: the usual webhook asks about that already. */
function inNamespacesOnly(rule: WebhookRule): WebhookRule {
  return { ...rule, scope: 'Namespaced' };
}

/** Policies and exceptions are checked when they are written; a wrong one is let in with its problems in its status. */
function ofOurResources(input: WebhookListInput): object {
  return {
    name: 'policies.tidegate.dev',
    ...common('/policies', input),
    rules: [
      {
        apiGroups: ['tidegate.dev'],
        apiVersions: ['v1alpha1'],
        operations: ['CREATE', 'UPDATE'],
        resources: ['policies', 'policyexceptions'],
        scope: '*',
      },
    ],
    matchPolicy: 'Equivalent',
    matchConditions: conditionsOf(input),
    failurePolicy: 'Ignore',
  };
}

function common(path: string, { settings, caBundle, installation }: WebhookListInput): object {
  const { name, namespace, url } = installation;
  const where = url === undefined ? { service: { name, namespace, path, port: 443 } } : { url: `${url}${path}` };
  return {
    clientConfig: { ...where, ...(caBundle !== '' && { caBundle: Buffer.from(caBundle).toString('base64') }) },
    admissionReviewVersions: ['v1'],
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: settings.timeoutSeconds,
  };
}

function usualNamespaces(input: WebhookListInput): object {
  const { matchLabels, matchExpressions = [] } = input.settings.namespaceSelector;
  const values = [...new Set([...excludedNames(input), input.installation.namespace])].sort();
  return {
    ...(matchLabels && { matchLabels }),
    matchExpressions: [{ key: NAME_LABEL, operator: 'NotIn', values }, NOT_IGNORED, ...matchExpressions],
  };
}

function excludedNamespaces(input: WebhookListInput): object {
  const values = excludedNames(input).filter((name) => name !== input.installation.namespace);
  return { matchExpressions: [{ key: NAME_LABEL, operator: 'In', values }, NOT_IGNORED] };
}

const NOT_IGNORED = { key: IGNORE_LABEL, operator: 'DoesNotExist' };

function excludedNames({ set }: WebhookListInput): readonly string[] {
  return [...new Set([...SYSTEM_NAMESPACES, ...set.excludedNamespaces])].sort();
}

/** Evaluated by the API server: for whom it does not even ask. */
function conditionsOf({ settings, installation }: WebhookListInput): readonly MatchCondition[] {
  const groups = JSON.stringify(settings.breakGlassGroups);
  const broken = `!has(request.userInfo.groups) || !request.userInfo.groups.exists(group, group in ${groups})`;
  const own = `request.userInfo.username != ${JSON.stringify(installation.user)}`;
  return [
    ...(settings.breakGlassGroups.length > 0 ? [{ name: 'no-broken-glass', expression: broken }] : []),
    ...(installation.user === undefined ? [] : [{ name: 'not-ourselves', expression: own }]),
  ];
}
