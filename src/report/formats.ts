/** The formats of `--output`, by name. A format is a function from the report to text; it reads nothing else. */
import { renderGithub } from './github.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJunit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import type { Screen } from './paint.ts';
import { renderPolicyReports } from './policy-report-yaml.ts';
import type { Report } from './report.ts';
import { renderSarif } from './sarif.ts';
import { renderTable } from './table.ts';

export type Renderer = (report: Report, screen: Screen) => string;

export const FORMATS: Readonly<Record<string, Renderer>> = {
  table: renderTable,
  json: renderJson,
  html: renderHtml,
  sarif: renderSarif,
  junit: renderJunit,
  github: renderGithub,
  markdown: renderMarkdown,
  policyreport: renderPolicyReports('openreports.io'),
  'policyreport-wg': renderPolicyReports('wgpolicyk8s.io'),
};

/** The formats that show `edit` of findings. To make it takes time, and nobody else wants it. */
export const WITH_EDITS: ReadonlySet<string> = new Set(['html', 'sarif', 'markdown']);

/** The formats that show `fix` of findings. To prove one is to judge its outcome: as much work as all the rest. */
export const WITH_FIXES: ReadonlySet<string> = new Set(['json', ...WITH_EDITS]);
