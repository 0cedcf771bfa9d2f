/** The dashboard of a replica, where somebody has asked for one. */
import type { ReplicaConfig } from '../config/replica.ts';
import type { Election } from '../leader/election.ts';
import { errorMessage } from '../policy/problem.ts';
import type { ScanState } from '../report/live.ts';
import { createDashboard, listenOnLoopback, type OpenDashboard } from '../server/dashboard.ts';
import type { Log } from '../telemetry/log.ts';

/** Undefined where there is none; a port that cannot be had is told of, and admission goes on without a dashboard. */
export async function openDashboard(
  { dashboardPort: port, namespace }: ReplicaConfig,
  { state: scan, sharded }: { readonly state: ScanState; readonly sharded: boolean },
  { elected, holder }: Pick<Election, 'elected' | 'holder'>,
  log: Log,
): Promise<OpenDashboard | undefined> {
  if (port === undefined) return undefined;
  const forward = (pod: string): string => `kubectl --namespace ${namespace} port-forward pod/${pod} ${port}`;
  try {
    const open = await listenOnLoopback(createDashboard({ scan, sharded, elected, leader: holder, forward }), port);
    log.info({ port: open.port }, 'the dashboard listens on the loopback');
    return open;
  } catch (error) {
    log.warn({ port, reason: errorMessage(error) }, 'no dashboard');
    return undefined;
  }
}
