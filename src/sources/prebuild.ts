/**
 * Part of `npm run build`: writes the built-in policies beside the compiled program. Where one has a problem it only says so:
 * the program then reads the files, and refuses to start in its own words.
 */
import { writeFileSync } from 'node:fs';
import { formatProblem } from '../policy/problem.ts';
import { PREBUILT_FILE, prebuild } from './prebuilt.ts';

const prebuilt = prebuild();
if (prebuilt.ok) writeFileSync(PREBUILT_FILE, JSON.stringify(prebuilt.policies));
else process.stderr.write(prebuilt.problems.map((problem) => `not prebuilt: ${formatProblem(problem)}\n`).join(''));
