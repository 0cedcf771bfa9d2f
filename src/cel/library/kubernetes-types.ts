import { opaque } from '../type.ts';

/** The types of the Kubernetes libraries, as `type(value)` names them. */
export const QUANTITY_TYPE = opaque('kubernetes.Quantity');
export const SEMVER_TYPE = opaque('kubernetes.Semver');
export const URL_TYPE = opaque('kubernetes.URL');
export const IP_TYPE = opaque('net.IP');
export const CIDR_TYPE = opaque('net.CIDR');
export const NAMED_FORMAT_TYPE = opaque('kubernetes.NamedFormat');
export const AUTHORIZER_TYPE = opaque('kubernetes.authorization.Authorizer');
export const PATH_CHECK_TYPE = opaque('kubernetes.authorization.PathCheck');
export const GROUP_CHECK_TYPE = opaque('kubernetes.authorization.GroupCheck');
export const RESOURCE_CHECK_TYPE = opaque('kubernetes.authorization.ResourceCheck');
export const DECISION_TYPE = opaque('kubernetes.authorization.Decision');
