/** The report as a page: one file that asks nobody for anything, for a browser, a phone, a printer. */
import { createHash } from 'node:crypto';
import { SCRIPT, STYLE } from '../page/bundle.generated.ts';
import type { PageData } from '../page/data.ts';
import { pageReport } from './html-data.ts';
import { scriptJson } from './html-escape.ts';
import { staticSummary } from './html-static.ts';
import type { Report } from './report.ts';

/** The same report gives the same bytes. */
export function renderHtml(report: Report): string {
  const data: PageData = { report: pageReport(report) };
  return renderPage(data, JSON.stringify(data));
}

/** Only what is in the page runs and styles it, no text becomes HTML, and nothing is fetched but by the dashboard. */
export function contentPolicy(isLive: boolean): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(SCRIPT)}'`,
    `style-src '${hashOf(STYLE)}'`,
    'img-src data:',
    ...(isLive ? ["connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** The page of these data, which are given as JSON too: a dashboard has both already. */
export function renderPage(data: PageData, json: string): string {
  const title = data.live || data.report?.cluster !== undefined ? 'cluster report' : 'audit report';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(data.live !== undefined)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Tidegate ${title}</title>
<link rel="icon" href="${ICON}">
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#count">Skip to the findings</a>
<div class="page">
<header>
<div class="top">
<div class="brand">${LOGO}<span>Tidegate <span>${title}</span></span></div>
<button type="button" class="quiet" id="open-help" hidden>Shortcuts <kbd>?</kbd></button>
</div>
<h1 id="headline">Tidegate ${title}</h1>
<p class="subtitle" id="subtitle"></p>
<p class="live" id="live"></p>
<p class="lost" id="lost" role="status" hidden></p>
</header>
<noscript>${staticSummary(data.report)}</noscript>
${BODY}
</div>
${HELP}
<script type="application/json" id="data">${scriptJson(json)}</script>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

const DRAWING =
  '<path d="M4 5v22M28 5v22M4 9h24M10 9v7M16 9v7M22 9v7"/><path d="M4 21c3 0 3 2.6 6 2.6s3-2.6 6-2.6 3 2.6 6 2.6 3-2.6 6-2.6"/>';
const STROKE = 'fill="none" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"';
const LOGO = `<svg viewBox="0 0 32 32" aria-hidden="true" ${STROKE} stroke="currentColor">${DRAWING}</svg>`;
const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" ${STROKE} stroke="#0a7f8c">${DRAWING}</svg>`,
)}`;

function select(id: string, all: string): string {
  return `<label><span class="hidden">Filter by ${id}</span><select id="${id}"><option value="">${all}</option></select></label>`;
}

const BODY = `<section aria-label="Summary">
<ul class="tiles" id="tiles"></ul>
<div class="rankings" id="rankings"></div>
</section>
<nav class="views" aria-label="Views"><ul id="views"></ul></nav>
<main id="main">
<div class="tools" role="search" id="tools">
<div class="search"><label class="hidden" for="search">Search</label>
<input id="search" type="search" placeholder="Search" autocomplete="off" spellcheck="false"><kbd aria-hidden="true">/</kbd></div>
<div class="filters" id="filters">
${select('action', 'Every action')}
${select('severity', 'Every severity')}
${select('policy', 'Every policy')}
${select('namespace', 'Every namespace')}
${select('file', 'Every file')}
</div>
</div>
<div id="findings">
<h2 class="hidden">Findings</h2>
<div class="status">
<p id="count" role="status" aria-live="polite" tabindex="-1"></p>
<button type="button" class="link" id="clear" hidden>Clear filters</button>
<fieldset class="groups" id="groups"></fieldset>
</div>
<div id="list"></div>
<div class="end" id="end"></div>
<p class="unprinted" id="unprinted"></p>
</div>
<div class="other" id="other" hidden></div>
</main>
<footer>Made by Tidegate. Everything is in this page: it asks no other server for anything.</footer>`;

const HELP = `<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Shortcuts</h2>
<dl>
<dt><kbd>/</kbd></dt><dd>search</dd>
<dt><kbd>j</kbd> <kbd>k</kbd></dt><dd>next finding, the one before</dd>
<dt><kbd>Enter</kbd></dt><dd>open or close it</dd>
<dt><kbd>1</kbd> – <kbd>4</kbd></dt><dd>group by policy, namespace, workload, file</dd>
<dt><kbd>Esc</kbd></dt><dd>clear the search</dd>
<dt><kbd>?</kbd></dt><dd>this list</dd>
</dl>
<form method="dialog" class="buttons">
<label><input type="checkbox" id="keys"> Single keys are on</label>
<button class="button">Close</button>
</form>
</dialog>`;
