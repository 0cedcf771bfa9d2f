import { compilePolicy } from '../../src/engine/compile/policy.ts';
import { decide } from '../../src/engine/decide.ts';
import { policySet } from '../../src/engine/policy-set.ts';
import { parsePolicies } from '../../src/policy/parse.ts';
import { RECOMMENDED } from '../../src/policy/settings.ts';
import { readFileSync } from 'node:fs';
import { goodReview } from './review.ts';
const review = JSON.parse(goodReview()).request;
const request: any = { ...review, oldObject: review.oldObject ?? null };
const THING = { kind: 'x', metadata: { name: 'shop' }, data: { 'database-host': 'x', 'database-password': 'x', a: 'b', c: 'd' } };
const context: any = { namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'store', labels: {} } }, lookup: { get: () => THING, list: () => [] }, now: Date.now() };
for (const id of process.argv.slice(2)) {
  const text = readFileSync(`policies/${id}/policy.yaml`, 'utf8');
  const [source] = parsePolicies(text, id).sources as any;
  const rules = source.policy.spec.validations.map((r: any) => r.name);
  for (const only of [undefined, ...rules]) {
    const one = { ...source, policy: { ...source.policy, spec: { ...source.policy.spec, validations: source.policy.spec.validations.filter((r: any) => only === undefined || r.name === only) } } };
    const compiled: any = compilePolicy(one, { enforcement: { action: 'Deny' } } as any);
    const set = policySet([compiled.policy], RECOMMENDED);
    const call = () => decide(set, request, context);
    for (let i = 0; i < 20000; i++) call();
    let best = 1e9;
    for (let r = 0; r < 25; r++) { const t = process.hrtime.bigint(); for (let i = 0; i < 2000; i++) call(); best = Math.min(best, Number(process.hrtime.bigint() - t) / 2000 / 1000); }
    console.log(best.toFixed(2), id, only ?? 'all', call().findings.length);
  }
}
