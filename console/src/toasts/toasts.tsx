import { IconAlertTriangle, IconCheck, IconInfoCircle, IconX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { t } from '../strings/index.ts';
import classes from './toasts.module.css';

export interface Toast {
  readonly tone: 'good' | 'info' | 'warn' | 'danger';
  readonly title: string;
  readonly message: string;
}

interface Shown extends Toast {
  readonly id: number;
}

const maxShown = 4;
/** How long each stays, in ms; what went wrong stays longer, what needs a hand stays until it is closed. */
const staysMs: Readonly<Record<Toast['tone'], number | null>> = { good: 2_500, info: 5_000, warn: 9_000, danger: null };

let shown: readonly Shown[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

function close(id: number): void {
  set(shown.filter((toast) => toast.id !== id));
}

/** Shows a short message at the edge of the page; screen readers hear it. */
export function showToast(toast: Toast): void {
  count += 1;
  const id = count;
  set([...shown, { ...toast, id }].slice(-maxShown));
  const ms = staysMs[toast.tone];
  if (ms !== null) window.setTimeout(() => close(id), ms);
}

const icons = { good: IconCheck, info: IconInfoCircle, warn: IconAlertTriangle, danger: IconAlertTriangle } as const;

/** The place where toasts appear: in the page from the start, so that screen readers watch it. */
export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div className={classes.stack} role="status" aria-live="polite">
      {toasts.map((toast) => {
        const Icon = icons[toast.tone];
        return (
          <div key={toast.id} className={classes.toast} data-tone={toast.tone}>
            <span className={classes.icon} aria-hidden="true">
              <Icon size={16} stroke={1.8} />
            </span>
            <div className={classes.text}>
              <p className={classes.title}>{toast.title}</p>
              <p className={classes.message}>{toast.message}</p>
            </div>
            <button
              type="button"
              className={classes.close}
              aria-label={t.states.dismiss}
              onClick={() => close(toast.id)}
            >
              <IconX size={14} />
            </button>
          </div>
        );
      })}
    </div>
  );
}
