import { type AccessReviewer, Authorizer, ResourceCheck } from '../../src/cel/library/authorization.ts';

/** The authorizer of request.go: it allows to get, fails on `fail`, and shows in its reason what it was asked. */
const clerk: AccessReviewer = {
  review({ serviceAccount, verb, path, resource }) {
    if (verb === 'fail') return { allowed: false, reason: '', error: 'the clerk is ill' };
    const user = serviceAccount ? `system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}` : 'jane';
    const what = resource
      ? `${resource.group}/${resource.resource}/${resource.subresource} ${resource.namespace}/${resource.name}`
      : path;
    return { allowed: verb === 'get', reason: `${user} ${verb} ${what}` };
  },
};

/** The variable `authorizer` of the golden files. */
export const AUTHORIZER_OF_CLERK = new Authorizer(clerk);

/** The variable `authorizer.requestResource`. */
export const REQUEST_RESOURCE = new ResourceCheck(AUTHORIZER_OF_CLERK, {
  group: 'apps',
  resource: 'deployments',
  subresource: 'scale',
  namespace: 'shop',
  name: 'web',
});
