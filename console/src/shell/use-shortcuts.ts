import { useEffect, useRef } from 'react';

/** Keys as `event.key` names them; two keys one after the other as `g q`. */
export type Shortcuts = Readonly<Record<string, (event: KeyboardEvent) => void>>;

const sequenceMs = 1_200;

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

function isTextField(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return isTyping(target);
}

/** While a dialog or a menu is open, the keys belong to it. */
function isLayerOpen(): boolean {
  return document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null;
}

/** Listens to keys on the page, except while a person types, a dialog is open or a modifier is held. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    let pending = '';
    let pendingAtMs = 0;
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTextField(event.target) || isLayerOpen()) return;
      const sequence = pending !== '' && event.timeStamp - pendingAtMs < sequenceMs ? `${pending} ${event.key}` : '';
      const found = latest.current[sequence] ?? latest.current[event.key];
      pending = event.key;
      pendingAtMs = event.timeStamp;
      if (found === undefined) return;
      pending = '';
      found(event);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
