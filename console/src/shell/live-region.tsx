import { useEffect, useState } from 'react';

type Listener = (text: string) => void;
const listeners = new Set<Listener>();

/** Says a sentence to screen readers, after what they are saying. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

/** The one polite live region of the console. */
export function LiveRegion() {
  const [text, setText] = useState('');
  useEffect(() => {
    let count = 0;
    const listener: Listener = (next) => {
      // The same sentence twice is heard twice only if the content changes.
      count += 1;
      setText(count % 2 === 0 ? next : `${next}\u00A0`);
    };
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  return (
    <div className="sr-only" role="status" aria-live="polite" data-testid="live-region">
      {text}
    </div>
  );
}
