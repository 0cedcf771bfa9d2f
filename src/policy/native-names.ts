/** The forms of names that Kubernetes accepts (k8s.io/apimachinery/pkg/util/validation). */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
const NAME_PART = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** `my-policy.example.com`: the names of most objects; at most 253 characters. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** `app`, `app.kubernetes.io/name`: keys of labels and annotations; at most 63 characters after the slash. */
export function isQualifiedName(text: string): boolean {
  const [name = '', prefix, ...more] = text.split('/').toReversed();
  if (more.length > 0 || name.length > 63 || !NAME_PART.test(name)) return false;
  return prefix === undefined || isDnsSubdomain(prefix);
}

/** Empty, or a name of at most 63 characters. */
export function isLabelValue(text: string): boolean {
  return text === '' || (text.length <= 63 && NAME_PART.test(text));
}

/** `v1beta1`: begins with a letter, at most 63 characters. */
export function isVersionLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}

/** Whatever can stand in a path of the API. */
export function isPathSegment(text: string): boolean {
  return text !== '.' && text !== '..' && !/[/%]/.test(text);
}
