import { ActionIcon } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { IconMenu2, IconPlus, IconSearch, IconWifiOff } from '@tabler/icons-react';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef } from 'react';
import { useConnection } from '../api/connection.ts';
import { meQuery } from '../api/queries.ts';
import { useSession } from '../auth/session.ts';
import { peopleQuery } from '../people/people-query.ts';
import { t } from '../strings/index.ts';
import { areasFor } from './areas.ts';
import { Brand } from './brand.tsx';
import { LiveRegion } from './live-region.tsx';
import { Navigation } from './navigation.tsx';
import { showLayer, useLayer } from './ui-state.ts';
import { useShortcuts } from './use-shortcuts.ts';
import classes from './layout.module.css';

const Palette = lazy(() => import('./palette.tsx'));
const HelpDialog = lazy(() => import('./help-dialog.tsx'));
const NavigationDrawer = lazy(() => import('./navigation-drawer.tsx'));
const SessionDialog = lazy(() => import('../auth/session-dialog.tsx'));

/** The frame around every page: navigation, connection, layers, and the focus after moving between pages. */
export function Layout() {
  const me = useQuery(meQuery);
  useQuery(peopleQuery);
  const session = useSession();
  const layer = useLayer();
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const content = useRef<HTMLElement>(null);
  const firstPath = useRef(path);

  useShortcuts({
    '?': () => showLayer('help'),
    c: (event) => {
      event.preventDefault();
      void navigate({ to: '/new' });
    },
    ...Object.fromEntries(areasFor(me.data).map((area) => [`g ${area.key}`, () => void navigate({ to: area.path })])),
  });

  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      showLayer('palette');
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);

  // A new page starts at its top, for the eye and for the keyboard; the first page keeps the browser's own place.
  useEffect(() => {
    showLayer('none');
    if (firstPath.current === path) return;
    firstPath.current = '';
    content.current?.focus({ preventScroll: true });
    content.current?.scrollTo({ top: 0 });
  }, [path]);

  return (
    <div className={classes.shell}>
      <a href="#content" className={classes.skip}>
        {t.nav.skip}
      </a>
      <aside className={classes.sidebar}>
        <Navigation me={me.data} />
      </aside>
      <div className={classes.main}>
        <header className={classes.topbar}>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t.nav.open}
            onClick={() => showLayer('navigation')}
          >
            <IconMenu2 size={18} />
          </ActionIcon>
          <Brand />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            ml="auto"
            aria-label={t.nav.search}
            onClick={() => showLayer('palette')}
          >
            <IconSearch size={18} />
          </ActionIcon>
          <ActionIcon component={Link} to="/new" variant="filled" size="lg" aria-label={t.nav.create}>
            <IconPlus size={18} />
          </ActionIcon>
        </header>
        <ConnectionBar />
        <main id="content" ref={content} tabIndex={-1} className={classes.content}>
          <Outlet />
        </main>
      </div>
      <Suspense>
        {layer === 'palette' ? <Palette onClose={() => showLayer('none')} /> : null}
        {layer === 'navigation' ? <NavigationDrawer me={me.data} onClose={() => showLayer('none')} /> : null}
        {session.status === 'expired' ? <SessionDialog /> : null}
        {layer === 'help' ? <HelpDialog onClose={() => showLayer('none')} /> : null}
      </Suspense>
      <LiveRegion />
    </div>
  );
}

function ConnectionBar() {
  const connection = useConnection();
  if (connection === 'online') return null;
  return (
    <div className={classes.bar} role="status">
      <IconWifiOff size={14} aria-hidden="true" />
      {connection === 'offline' ? t.states.offline : t.states.reconnecting}
    </div>
  );
}
