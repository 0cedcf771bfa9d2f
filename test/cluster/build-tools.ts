/** `node test/cluster/build-tools.ts [TOOL…]`: has the programs ready before the tests start, all by default, and says where. */
import { parseArgs } from 'node:util';
import { locateTools, TOOLS } from './tools.ts';

const { positionals } = parseArgs({ allowPositionals: true });
const unknown = positionals.find((name) => !TOOLS.some((tool) => tool === name));
if (unknown !== undefined) throw new Error(`no such tool: ${unknown}`);
const started = performance.now();
const wanted = TOOLS.filter((tool) => positionals.length === 0 || positionals.includes(tool));
for (const [tool, path] of Object.entries(await locateTools(wanted))) console.log(`${tool}: ${path}`);
console.log(`tools: ${((performance.now() - started) / 1000).toFixed(1)} s`);
