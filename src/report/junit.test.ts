import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { EMPTY_PARTS, EXAMPLE } from '../../test/support/report-example.ts';
import { renderJunit } from './junit.ts';
import { makeReport, type Report } from './report.ts';

const schema = readFileSync(new URL('../../test/support/schemas/junit.xsd', import.meta.url), 'utf8');

const WICKED: Report = makeReport({
  ...EMPTY_PARTS,
  objects: EXAMPLE.objects.map((object) => ({
    ...object,
    file: 'a"<b>&\u0000\u001B[31m.yaml',
    findings: object.findings.map((finding) => ({
      ...finding,
      message: ']]> <!-- \uD800 \uFFFF \u{1F600} "&" \n -->',
    })),
  })),
});
const CLUSTER: Report = makeReport({
  ...EMPTY_PARTS,
  cluster: 'production',
  objects: EXAMPLE.objects.map(({ file: _file, line: _line, column: _column, ...object }) => object),
});

it.each([
  ['with everything in it', EXAMPLE],
  ['with nothing in it', makeReport(EMPTY_PARTS)],
  ['with texts that break XML', WICKED],
  ['of a cluster', CLUSTER],
])('a report %s is as the schema of JUnit says', async (_what, report) => {
  const { valid, errors } = await validateXML({ xml: renderJunit(report), schema });
  expect({ valid, errors }).toEqual({ valid: true, errors: [] });
});

it('has a suite for each file, and a test for each object and policy', () => {
  expect(renderJunit(EXAMPLE)).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="tidegate" tests="9" failures="2" errors="3">
      <testsuite name="deploy/web.yaml" tests="7" failures="2" errors="2" skipped="3">
        <testcase classname="Namespace shop" name="require-labels">
          <error type="rule-2" message="no such key: team">deploy/web.yaml:1:1</error>
        </testcase>
        <testcase classname="Namespace shop" name="require-quota">
          <skipped>not judged: rule-1: resourcequotas are not known</skipped>
        </testcase>
        <testcase classname="Deployment shop/web" name="require-readiness-probe">
          <failure type="Deny" message="Something that require-readiness-probe does not accept, with an explanation of some length.">deploy/web.yaml:31:5
    spec.template.spec.containers[0].readinessProbe
    Something that require-readiness-probe does not accept, with an explanation of some length.
    Why.
    What to do.</failure>
        </testcase>
        <testcase classname="Deployment shop/web" name="disallow-latest-tag">
          <failure type="Warn" message="Something that disallow-latest-tag does not accept, with an explanation of some length.">deploy/web.yaml:20:5
    spec.template.spec.containers[0].image
    Something that disallow-latest-tag does not accept, with an explanation of some length.
    Why.
    What to do.</failure>
        </testcase>
        <testcase classname="Deployment shop/web" name="require-labels">
          <skipped>deploy/web.yaml:13:5: recorded only: Something that require-labels does not accept, with an explanation of some length.</skipped>
        </testcase>
        <testcase classname="Deployment shop/web" name="disallow-naked-pods">
          <skipped>deploy/web.yaml:14:5: excepted (A tool for once.): Something that disallow-naked-pods does not accept, with an explanation of some length.</skipped>
        </testcase>
        <testcase classname="deploy/web.yaml" name="can be judged">
          <error type="problem" message="the key &quot;a&quot; is there twice">deploy/web.yaml:40:3: the key "a" is there twice</error>
        </testcase>
      </testsuite>
      <testsuite name="deploy/broken.yaml" tests="1" failures="0" errors="1" skipped="0">
        <testcase classname="deploy/broken.yaml" name="can be judged">
          <error type="problem" message="cannot be read as YAML">deploy/broken.yaml:2:1: cannot be read as YAML (a Helm template?)</error>
        </testcase>
      </testsuite>
      <testsuite name="policies without findings" tests="1" failures="0" errors="0" skipped="0">
        <testcase classname="Title of set-pre-stop-sleep" name="set-pre-stop-sleep"/>
      </testsuite>
    </testsuites>
    "
  `);
});

it('has a suite for each namespace of a cluster', () => {
  const suites = [...renderJunit(CLUSTER).matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name);
  expect(suites).toEqual(['in no namespace', 'namespace shop']);
});
