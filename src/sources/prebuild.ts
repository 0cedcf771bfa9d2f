/** Part of `npm run build`: writes the built-in policies beside the compiled program. */
import { writeFileSync } from 'node:fs';
import { PREBUILT_FILE, prebuild } from './prebuilt.ts';

writeFileSync(PREBUILT_FILE, JSON.stringify(prebuild()));
