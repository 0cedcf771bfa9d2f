/**
 * `node test/cluster/node/enter.ts COMMAND…`: runs it in namespaces of its own (inside.sh), where a node may be started.
 * What it leaves is removed when it has ended, for whatever reason.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tellGuard, temporaryFolder } from '../process.ts';
import { eventually } from '../wait.ts';
import { prepareImages } from './images.ts';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('a command is missing');
const images = await prepareImages();
const folder = await temporaryFolder('node');
const cgroup = `tidegate-${process.pid}`;
tellGuard({ cgroup });
const namespaces = ['--net', '--mount', '--pid', '--ipc', '--propagation=private', '--mount-proc'];
const child = spawn(
  'unshare',
  [...namespaces, '--fork', '--kill-child', join(import.meta.dirname, 'inside.sh'), command, ...args],
  {
    // All that is written goes into one folder: who would remove it by itself dies with the namespaces.
    env: { ...process.env, TMPDIR: folder, TIDEGATE_TEST_NODE: JSON.stringify({ images, cgroup }) },
    stdio: 'inherit',
  },
);
const ended = once(child, 'exit');
await once(child, 'spawn');
// Not of unshare, which ends at once: the first process within is gone when all are.
const [first] = await eventually('the namespaces are there', async () => {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return children !== '' && children.trim().split(' ');
});
tellGuard({ pid: Number(first) });
const [code] = await ended;
process.exitCode = typeof code === 'number' ? code : 1;
