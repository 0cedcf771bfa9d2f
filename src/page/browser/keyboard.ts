/** Single keys, for those who like them; whoever does not can turn them off. */
import { byId } from './element.ts';

export interface Keys {
  readonly areOn: () => boolean;
  readonly turn: (on: boolean) => void;
  readonly group: (index: number) => void;
  readonly clear: () => void;
}

export function listenToKeys(keys: Keys): void {
  const help = byId('help') as HTMLDialogElement;
  const toggle = byId('keys') as HTMLInputElement;
  byId('open-help').addEventListener('click', () => {
    toggle.checked = keys.areOn();
    help.showModal();
  });
  toggle.addEventListener('change', () => keys.turn(toggle.checked));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === 'Escape') return leaveSearch(event, keys);
    if (!keys.areOn() || isTyping(event.target)) return;
    if (act(event.key, keys)) event.preventDefault();
  });
}

function leaveSearch({ target }: KeyboardEvent, keys: Keys): void {
  const search = byId('search') as HTMLInputElement;
  if (target !== search) return;
  if (search.value === '') search.blur();
  else keys.clear();
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input:not([type=radio]):not([type=checkbox]), select, textarea');
}

function act(key: string, keys: Keys): boolean {
  if (key === '/') {
    const search = byId('search') as HTMLInputElement;
    search.focus();
    search.select();
  } else if (key === 'j') step(1);
  else if (key === 'k') step(-1);
  else if (key === '?') byId('open-help').click();
  else if (/^[1-4]$/.test(key)) keys.group(Number(key) - 1);
  else return false;
  return true;
}

/** The next finding that is drawn, from the one with the focus, or from the first that is in sight. */
function step(by: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>('details.row > summary')].filter(
    (summary) => summary.offsetParent !== null,
  );
  const at = all.indexOf(document.activeElement as HTMLElement);
  const seen = all.findIndex((summary) => summary.getBoundingClientRect().top >= 0);
  const next = at === -1 ? all[Math.max(0, seen)] : all[at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}
