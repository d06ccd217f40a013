import { lazy, Suspense } from 'react';
import type { ComponentProps } from 'react';

const Dialog = lazy(async () => ({ default: (await import('./action-dialog.tsx')).ActionDialog }));

/** The form of a command, loaded when the first one is opened. */
export function ActionDialog(props: ComponentProps<typeof Dialog>) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}
