/** The dashboard's side of the page: what the replica says about itself, asked for again and again. */
import type { PageData, PageLive } from '../data.ts';
import { byId, element } from './element.ts';

const ASK_EVERY_MS = 10_000;

/** Calls `changed` with new data whenever there are some; the answer is small while nothing has changed. */
export function follow(changed: (data: PageData) => void): void {
  let tag: string | null = null;
  const ask = async (): Promise<void> => {
    if (document.hidden) return;
    try {
      const response = await fetch('page.json', { cache: 'no-cache' });
      if (!response.ok) throw new Error(`status ${response.status}`);
      tellLost(false);
      const now = response.headers.get('etag');
      if (now === tag && now !== null) return;
      const isFirst = tag === null;
      tag = now;
      const data: PageData = await response.json();
      // The page came with what it shows: only what differs is worth drawing.
      if (!isFirst || JSON.stringify(data) !== byId('data').textContent) changed(data);
    } catch {
      tellLost(true);
    }
  };
  setInterval(ask, ASK_EVERY_MS);
  document.addEventListener('visibilitychange', ask);
}

function tellLost(isLost: boolean): void {
  const lost = byId('lost');
  lost.hidden = !isLost;
  lost.textContent = isLost ? 'The dashboard does not answer any more. What you see is what was known last.' : '';
}

/** One line on how fresh this is, and where to look where this replica does not know. */
export function liveLine({ scannedAt, elected, sharded, leader, forward = '' }: PageLive): readonly (Node | string)[] {
  if (scannedAt !== undefined) {
    const time = new Date(scannedAt);
    const part = sharded ? ', of the part of the namespaces that is this replica’s' : '';
    return ['Last scan ', element('time', { datetime: time.toISOString() }, time.toLocaleString()), part];
  }
  if (elected || sharded) return ['No scan has come to its end yet. This page shows the first one that does.'];
  if (leader === undefined) return ['This replica does not scan, and no other is elected at the moment.'];
  return ['This replica does not scan. ', element('strong', {}, leader), ' does: ', element('code', {}, forward)];
}
