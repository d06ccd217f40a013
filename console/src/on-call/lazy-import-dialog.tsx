import { lazy, Suspense } from 'react';
import type { ComponentProps } from 'react';

const Dialog = lazy(async () => ({ default: (await import('./import-dialog.tsx')).ImportDialog }));

/** The import of a calendar, loaded when it is opened. */
export function ImportDialog(props: ComponentProps<typeof Dialog>) {
  return (
    <Suspense>
      <Dialog {...props} />
    </Suspense>
  );
}
