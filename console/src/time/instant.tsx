import { t } from '../strings/index.ts';
import { age, countdown, countdownExact, exactInstant, shortInstant, shortInstantExact } from './format.ts';
import { useNow } from './ticker.ts';

/** An instant in the viewer's zone; hovering shows it exactly, in UTC too. */
export function Instant({
  atMs,
  className,
  withSeconds = false,
}: {
  readonly atMs: number;
  readonly className?: string;
  readonly withSeconds?: boolean;
}) {
  const text = useNow((nowMs) => (withSeconds ? shortInstantExact(atMs, nowMs) : shortInstant(atMs, nowMs)));
  return (
    <time dateTime={new Date(atMs).toISOString()} title={exactInstant(atMs)} className={`tabular ${className ?? ''}`}>
      {text}
    </time>
  );
}

/** Counts down to an instant, then up from it. Not announced: a screen reader hears changes of state instead. */
export function Countdown({ atMs, className }: { readonly atMs: number; readonly className?: string }) {
  const text = useNow((nowMs) => (atMs < nowMs ? `−${countdown(atMs - nowMs)}` : countdown(atMs - nowMs)));
  return (
    <time
      dateTime={new Date(atMs).toISOString()}
      title={exactInstant(atMs)}
      className={`tabular ${className ?? ''}`}
      aria-live="off"
    >
      {text}
    </time>
  );
}

/** How long it is until an instant, to the second however far it is; `now` once it has come. Not announced. */
export function TimeLeft({ atMs, className }: { readonly atMs: number; readonly className?: string }) {
  const text = useNow((nowMs) => (atMs <= nowMs ? t.time.now : t.time.within(countdownExact(atMs - nowMs))));
  return (
    <time
      dateTime={new Date(atMs).toISOString()}
      title={exactInstant(atMs)}
      className={`tabular ${className ?? ''}`}
      aria-live="off"
    >
      {text}
    </time>
  );
}

export function Age({ sinceMs, className }: { readonly sinceMs: number; readonly className?: string }) {
  const text = useNow((nowMs) => age(nowMs - sinceMs));
  return (
    <time
      dateTime={new Date(sinceMs).toISOString()}
      title={exactInstant(sinceMs)}
      className={`tabular ${className ?? ''}`}
    >
      {text}
    </time>
  );
}
