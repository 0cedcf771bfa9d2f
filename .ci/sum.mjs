// Adds up the results of .ci/run: JSON reports of vitest count test by test, every other part counts as one. Plain
// JavaScript, since it must also run where installing has failed.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };
const files = readdirSync(folder);

const counted = new Set();

for (const file of files.filter((name) => name.endsWith('.json'))) {
  const report = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  total.passed += report.numPassedTests;
  total.failed += report.numFailedTests;
  total.skipped += report.numPendingTests + (report.numTodoTests ?? 0);
  counted.add(`${file.slice(0, -'.json'.length)} ${report.numFailedTests > 0 ? 'failed' : 'passed'}`);
}
for (const file of files.filter((name) => name.endsWith('.part'))) {
  const result = readFileSync(join(folder, file), 'utf8').trim();
  // Where tests were counted, the part adds itself only when it failed beyond them: a file that does not load, a timeout.
  if (!counted.has(`${file.slice(0, -'.part'.length)} ${result}`)) total[result] += 1;
}

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
