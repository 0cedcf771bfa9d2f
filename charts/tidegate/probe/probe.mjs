// `helm test`: is Tidegate ready behind its Service, and does it refuse what it should? Node alone runs it, without a shell.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

const { URL: url, CA: ca, DENIES: denies } = process.env;

function ask(path, body) {
  return new Promise((resolve, reject) => {
    const options = { ca: readFileSync(ca), method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json' } };
    const call = request(url + path, { ...options, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk)).on('end', () => resolve({ code: response.statusCode, text }));
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 5 s'))).on('error', reject).end(body);
  });
}

const object = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'probe', namespace: 'probe' },
  spec: { containers: [{ name: 'probe', image: 'probe:1', securityContext: { privileged: true } }] },
};
const review = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    uid: 'probe',
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    name: 'probe',
    namespace: 'probe',
    operation: 'CREATE',
    userInfo: { username: 'probe' },
    dryRun: true,
    object,
  },
};

const ready = await ask('/readyz');
if (ready.code !== 200) throw new Error(`not ready: ${ready.text}`);
const answer = await ask('/validate', JSON.stringify(review));
const { response } = JSON.parse(answer.text);
if (response?.uid !== 'probe') throw new Error(`no review: ${answer.code} ${answer.text}`);
if (denies === 'true' && response.allowed) throw new Error('a privileged Pod was let through');
process.stdout.write(`ready; a privileged Pod is ${response.allowed ? 'let through, as the settings have it' : `refused: ${response.status.message}`}\n`);
