import { describe, expect, it } from 'vitest';
import { formatProblem, type Problem } from '../policy/problem.ts';
import { readReplica } from './replica.ts';

const ENV = { TIDEGATE_NAMESPACE: 'tidegate-system', TIDEGATE_POD: 'tidegate-5d4f-x2k' };

describe('readReplica', () => {
  it('is nothing outside of an installation, whatever else is set', () => {
    const problems: Problem[] = [];
    expect(readReplica({ TIDEGATE_POD: '?', TIDEGATE_CERTIFICATES: 'none' }, problems)).toBeUndefined();
    expect(problems).toEqual([]);
  });

  it('needs the namespace and the Pod, and knows the rest', () => {
    expect(readReplica(ENV, [])).toEqual({
      namespace: 'tidegate-system',
      pod: 'tidegate-5d4f-x2k',
      installation: 'tidegate',
      certificates: 'self-managed',
      url: undefined,
      dashboardPort: undefined,
    });
    const more = {
      TIDEGATE_CERTIFICATES: 'files',
      TIDEGATE_WEBHOOK_URL: 'https://10.0.0.1:8443/a',
      TIDEGATE_DASHBOARD_PORT: '8080',
    };
    expect(readReplica({ ...ENV, ...more }, [])).toMatchObject({
      certificates: 'files',
      url: 'https://10.0.0.1:8443/a',
      dashboardPort: 8080,
    });
  });

  it('names everything that is wrong', () => {
    const problems: Problem[] = [];
    const env = {
      TIDEGATE_NAMESPACE: 'Tidegate',
      TIDEGATE_INSTALLATION: 'a.b',
      TIDEGATE_CERTIFICATES: 'file',
      TIDEGATE_WEBHOOK_URL: 'http://here/',
      TIDEGATE_DASHBOARD_PORT: 'http',
    };
    expect(readReplica(env, problems)).toBeUndefined();
    expect(problems.map(formatProblem)).toEqual([
      'TIDEGATE_CERTIFICATES: must be one of self-managed, files, is "file" (did you mean "files"?)',
      'TIDEGATE_DASHBOARD_PORT: must be a whole number from 0 to 65535, is "http"',
      'TIDEGATE_NAMESPACE: must be a namespace, is "Tidegate"',
      'TIDEGATE_POD: must be the name of this Pod where TIDEGATE_NAMESPACE is set',
      'TIDEGATE_INSTALLATION: must be the name of a Service, is "a.b"',
      'TIDEGATE_WEBHOOK_URL: must begin with https:// and have no user, query or slash at its end, is "http://here/"',
    ]);
  });
});
