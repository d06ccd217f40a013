import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import { useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconHelp, IconLogout, IconPlus, IconSearch, IconX } from '@tabler/icons-react';
import { Link, useRouterState } from '@tanstack/react-router';
import type { Me } from '../api/types.ts';
import { signOut, useSession } from '../auth/session.ts';
import { removeView, useSavedViews } from '../queue/saved-views.ts';
import { builtInViews } from '../queue/views.ts';
import { parseQueueSearch, searchText, viewText } from '../queue/filters.ts';
import type { QueueSearch } from '../queue/filters.ts';
import { t } from '../strings/index.ts';
import { Initials } from '../theme/initials.tsx';
import { areasFor } from './areas.ts';
import type { Area } from './areas.ts';
import { Brand } from './brand.tsx';
import { showLayer } from './ui-state.ts';
import classes from './navigation.module.css';

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

interface NavigationProps {
  readonly me: Me | undefined;
  readonly onMove?: () => void;
}

export function Navigation({ me, onMove }: NavigationProps) {
  const visible = areasFor(me);
  return (
    <nav className={classes.nav} aria-label={t.nav.main}>
      <div className={classes.head}>
        <Brand />
        <Tooltip label={`${t.nav.create}  ·  c`}>
          <ActionIcon component={Link} to="/new" size="md" aria-label={t.nav.create} onClick={onMove}>
            <IconPlus size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <button type="button" className={classes.search} onClick={() => showLayer('palette')}>
        <IconSearch size={14} aria-hidden="true" />
        {t.nav.search}
        <span className={classes.kbd} aria-hidden="true">
          {isApple ? '⌘' : 'Ctrl '}K
        </span>
      </button>
      <div className={classes.scroll}>
        <Areas areas={visible.filter((area) => area.group === 'work')} onMove={onMove} />
        <Views me={me} onMove={onMove} />
        <p className={classes.group}>{t.nav.groups.desk}</p>
        <Areas areas={visible.filter((area) => area.group === 'desk')} onMove={onMove} />
      </div>
      <Foot me={me} />
    </nav>
  );
}

function Areas({ areas: shown, onMove }: { readonly areas: readonly Area[]; readonly onMove?: () => void }) {
  const location = useRouterState({ select: (state) => state.location });
  const isActive = (area: Area): boolean => {
    if (area.path === '/queue') return location.pathname === '/queue' && location.searchStr === '';
    return area.path === '/' ? location.pathname === '/' : location.pathname.startsWith(area.path);
  };
  return (
    <ul className={classes.list}>
      {shown.map((area) => (
        <li key={area.path}>
          <Link
            to={area.path}
            className={classes.item}
            data-active={isActive(area)}
            aria-current={isActive(area) ? 'page' : undefined}
            onClick={onMove}
          >
            <area.icon size={16} stroke={1.7} />
            {area.label}
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Views({ me, onMove }: NavigationProps) {
  const saved = useSavedViews();
  const location = useRouterState({ select: (state) => state.location });
  const here = location.pathname === '/queue' ? viewText(parseQueueSearch(location.search)) : null;
  const item = (name: string, search: QueueSearch) => {
    const isHere = here !== null && here === searchText(search);
    return (
      <Link
        to="/queue"
        search={search}
        className={`${classes.item} ${classes.view}`}
        data-active={isHere}
        aria-current={isHere ? 'page' : undefined}
        onClick={onMove}
      >
        {name}
      </Link>
    );
  };
  return (
    <ul className={classes.list} aria-label={t.nav.views}>
      {builtInViews(me).map((view) => (
        <li key={view.name}>{item(view.name, view.search)}</li>
      ))}
      {saved.map((view) => (
        <li key={view.name} className={classes.viewRow}>
          {item(view.name, view.search)}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t.queue.deleteView(view.name)}
            onClick={() => removeView(view.name)}
          >
            <IconX size={12} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}

function Foot({ me }: { readonly me: Me | undefined }) {
  const session = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const name = session.status === 'signed_in' || session.status === 'expired' ? session.name : '';
  const role = me?.roles.map((one) => t.role[one]).join(', ') ?? '';
  return (
    <div className={classes.foot}>
      <Menu position="top-start" width={210}>
        <Menu.Target>
          <button type="button" className={classes.who}>
            <Initials name={name} size="large" />
            <span className={classes.whoText}>
              <span className="sr-only">{t.nav.account}: </span>
              <span className={classes.whoName}>{name}</span>
              <span className={classes.whoRole}>{role}</span>
            </span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t.nav.theme}</Menu.Label>
          {(['light', 'dark', 'auto'] as const).map((scheme) => (
            <Menu.Item
              key={scheme}
              onClick={() => setColorScheme(scheme)}
              rightSection={colorScheme === scheme ? <IconCheck size={14} aria-label={t.policies.yes} /> : null}
            >
              {t.nav.themes[scheme]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => void signOut()}>
            {t.nav.signOut}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Tooltip label={`${t.nav.help}  ·  ?`}>
        <ActionIcon variant="subtle" color="gray" aria-label={t.nav.help} onClick={() => showLayer('help')}>
          <IconHelp size={17} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
