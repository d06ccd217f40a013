import { IconBook2, IconHome2, IconInbox, IconKey, IconPhoneCall, IconUsers } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { mayCall } from '../api/may-call.ts';
import type { Me } from '../api/types.ts';
import { t } from '../strings/index.ts';

/**
 * The areas of the console, in the order of the navigation. A new area is one entry here and one route in
 * `router.tsx`; the palette, the shortcuts and the phone's menu follow from the entry.
 */
export interface Area {
  readonly path: '/' | '/queue' | '/on-call' | '/people' | '/policies' | '/keys';
  readonly label: string;
  readonly group: 'work' | 'desk';
  readonly icon: ComponentType<{ readonly size?: number; readonly stroke?: number }>;
  /** The second key after `g`. */
  readonly key: string;
  /** Left out where it answers false. */
  readonly isFor?: (me: Me) => boolean;
}

const areas: readonly Area[] = [
  { path: '/', label: t.nav.home, group: 'work', icon: IconHome2, key: 'h' },
  { path: '/queue', label: t.nav.queue, group: 'work', icon: IconInbox, key: 'q' },
  { path: '/on-call', label: t.nav.onCall, group: 'desk', icon: IconPhoneCall, key: 'o' },
  { path: '/people', label: t.nav.people, group: 'desk', icon: IconUsers, key: 'e' },
  { path: '/policies', label: t.nav.policies, group: 'desk', icon: IconBook2, key: 'p' },
  {
    path: '/keys',
    label: t.nav.keys,
    group: 'desk',
    icon: IconKey,
    key: 'i',
    isFor: (me) => mayCall(me, 'listIntegrationKeys'),
  },
];

/** The areas of a person; while it is not known who it is, those that are for everybody. */
export function areasFor(me: Me | undefined): readonly Area[] {
  return areas.filter((area) => area.isFor === undefined || (me !== undefined && area.isFor(me)));
}
