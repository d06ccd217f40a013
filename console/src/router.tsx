import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseQueueSearch } from './queue/filters.ts';
import { Crash } from './shell/crash.tsx';
import { Layout } from './shell/layout.tsx';
import { NotFoundState } from './shell/states.tsx';

const root = createRootRoute({ component: Layout, notFoundComponent: NotFoundState, errorComponent: Crash });

/** One route for each page; a page that is not the first thing seen is loaded when it is asked for. */
const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/queue',
    component: lazyRouteComponent(() => import('./queue/queue-page.tsx'), 'QueuePage'),
    validateSearch: parseQueueSearch,
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/escalations/$id',
    component: lazyRouteComponent(() => import('./escalation/escalation-page.tsx'), 'EscalationPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/new',
    component: lazyRouteComponent(() => import('./create/create-page.tsx'), 'CreatePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/on-call',
    component: lazyRouteComponent(() => import('./on-call/on-call-page.tsx'), 'OnCallPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/people',
    component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/keys',
    component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/policies',
    component: lazyRouteComponent(() => import('./policies/policies-page.tsx'), 'PoliciesPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/policies/try',
    component: lazyRouteComponent(() => import('./policies/change-page.tsx'), 'ChangePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/policies/$name',
    component: lazyRouteComponent(() => import('./policies/policy-page.tsx'), 'PolicyPage'),
  }),
]);

/** Addresses are plain words: every search value is a text. */
export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultErrorComponent: Crash,
  scrollRestoration: false,
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const parameters = new URLSearchParams();
    for (const [key, value] of Object.entries(search))
      if (typeof value === 'string' && value !== '') parameters.set(key, value);
    const text = parameters.toString().replaceAll('%2C', ',');
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
