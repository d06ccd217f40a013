import { Drawer } from '@mantine/core';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';
import { Navigation } from './navigation.tsx';

/** The navigation of narrow screens. */
export default function NavigationDrawer({
  me,
  onClose,
}: {
  readonly me: Me | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened
      onClose={onClose}
      size={270}
      padding={0}
      withCloseButton={false}
      attributes={{ content: { 'aria-label': t.nav.main } }}
      styles={{ body: { height: '100%' }, content: { background: 'var(--tl-sunken)' } }}
    >
      <Navigation me={me} onMove={onClose} />
    </Drawer>
  );
}
