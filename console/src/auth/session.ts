import { InMemoryWebStorage, OidcClient, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { User } from 'oidc-client-ts';
import { useSyncExternalStore } from 'react';
import { loadConfig } from './config.ts';

/**
 * The session of this tab. Tokens live in memory only: closing or reloading the page loses them, and the issuer's own
 * session gives new ones without a question. Session storage holds the state of a sign-in under way and never a token.
 */
export type SessionState =
  | { readonly status: 'starting' }
  | { readonly status: 'signed_out'; readonly error: string | null }
  | { readonly status: 'signed_in'; readonly name: string }
  /** The token is gone and could not be renewed; the page stays while the person signs in again. */
  | { readonly status: 'expired'; readonly name: string };

const callbackPath = '/callback';
const channelName = 'tierline.sign-in';
/** Says that this tab was signed in, so that a reload goes to the issuer at once. */
const wasSignedInKey = 'tierline.was-signed-in';

let state: SessionState = { status: 'starting' };
let manager: UserManager | null = null;
let client: OidcClient | null = null;
let user: User | null = null;
let renewal: Promise<string> | null = null;
let onSignedInAgain: ((token: string) => void) | null = null;
const listeners = new Set<() => void>();

function set(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/**
 * Starts the session and answers with the path to go on from, or null when this window was only opened to sign in.
 * @throws Error when the configuration can't be read
 */
export async function startSession(): Promise<string | null> {
  const config = await loadConfig();
  const redirect = `${window.location.origin}${callbackPath}`;
  const settings = {
    authority: config.issuer,
    client_id: config.clientId,
    scope: config.scope ?? 'openid profile email',
    response_type: 'code',
    redirect_uri: redirect,
    silent_redirect_uri: redirect,
    post_logout_redirect_uri: `${window.location.origin}/`,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: window.sessionStorage }),
    automaticSilentRenew: false,
    monitorSession: false,
    loadUserInfo: false,
  };
  manager = new UserManager(settings);
  client = new OidcClient(settings);
  manager.events.addAccessTokenExpiring(() => void renewQuietly());
  if (window.location.pathname === callbackPath) return finishSignIn(manager);
  if (window.sessionStorage.getItem(wasSignedInKey) === 'yes') {
    await signIn();
    return null;
  }
  set({ status: 'signed_out', error: null });
  return currentPath();
}

async function finishSignIn(from: UserManager): Promise<string | null> {
  if (window.parent !== window) {
    await from.signinCallback();
    return null;
  }
  if (!isBegunHere()) {
    handOver();
    return null;
  }
  try {
    const signedIn = await from.signinCallback();
    if (signedIn !== undefined) accept(signedIn);
    const target: unknown = signedIn?.state;
    return typeof target === 'string' && target.startsWith('/') && !target.startsWith('//') ? target : '/';
  } catch (error) {
    window.sessionStorage.removeItem(wasSignedInKey);
    set({ status: 'signed_out', error: error instanceof Error ? error.message : String(error) });
    return '/';
  }
}

/** Whether this tab began the sign-in whose end it was led to; else a window beside another tab was used for it. */
function isBegunHere(): boolean {
  const id = new URLSearchParams(window.location.search).get('state');
  return id !== null && window.sessionStorage.getItem(`oidc.${id}`) !== null;
}

/**
 * Gives the end of a sign-in to the tab that began it, and closes this window. It goes over a channel of this origin:
 * the opener is out of reach, because the issuer's page lay between in another group of browsing contexts.
 */
function handOver(): void {
  const channel = new BroadcastChannel(channelName);
  // A channel reaches its own origin only and takes no target.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel.postMessage(window.location.href);
  channel.close();
  window.history.replaceState(null, '', callbackPath);
  window.close();
}

function accept(next: User): string {
  user = next;
  window.sessionStorage.setItem(wasSignedInKey, 'yes');
  set({ status: 'signed_in', name: next.profile.name ?? next.profile.preferred_username ?? next.profile.sub });
  onSignedInAgain?.(next.access_token);
  onSignedInAgain = null;
  return next.access_token;
}

function currentPath(): string {
  return `${window.location.pathname}${window.location.search}${window.location.hash}`;
}

/** Leaves the page for the issuer; comes back to the same address. */
export async function signIn(): Promise<void> {
  await manager?.signinRedirect({ state: window.location.pathname === callbackPath ? '/' : currentPath() });
}

/** Signs in within a window of its own, so that this page and what was typed into it stay. */
export async function signInBeside(): Promise<void> {
  if (client === null || manager === null) return;
  // Opened before anything is awaited: only a click may open a window.
  const popup = window.open('about:blank', '_blank', 'popup,width=520,height=680');
  if (popup === null) throw new Error('the browser blocked the window');
  const request = await client.createSigninRequest({ request_type: 'si:r' });
  const end = callbackOf(request.state.id);
  popup.location.replace(request.url);
  const next = await manager.signinRedirectCallback(await end);
  accept(next);
}

/** The address that the sign-in of that id ends at, told by the window in which it ended. */
function callbackOf(stateId: string): Promise<string> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(channelName);
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'string' || new URL(data).searchParams.get('state') !== stateId) return;
      channel.close();
      resolve(data);
    });
  });
}

export async function signOut(): Promise<void> {
  window.sessionStorage.removeItem(wasSignedInKey);
  const idToken = user?.id_token;
  user = null;
  try {
    await manager?.signoutRedirect({ id_token_hint: idToken });
  } catch {
    // An issuer without an end-session endpoint: forgetting the tokens is all that can be done.
    set({ status: 'signed_out', error: null });
  }
}

/** The access token; where it has run out, the renewed one. */
export async function accessToken(): Promise<string> {
  if (user !== null && user.expired !== true) return user.access_token;
  return renewSession();
}

/** A new access token: quietly if the issuer gives one, else once the person has signed in again. */
export function renewSession(): Promise<string> {
  renewal ??= renew().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renew(): Promise<string> {
  const quiet = await renewQuietly();
  if (quiet !== null) return quiet;
  return new Promise((resolve) => {
    onSignedInAgain = resolve;
    set({ status: 'expired', name: state.status === 'signed_in' || state.status === 'expired' ? state.name : '' });
  });
}

async function renewQuietly(): Promise<string | null> {
  try {
    const next = (await manager?.signinSilent({ silentRequestTimeoutInSeconds: 6 })) ?? null;
    return next === null ? null : accept(next);
  } catch {
    return null;
  }
}

/** The signed-in person's id by the token; null before that. */
export function subject(): string | null {
  return user?.profile.sub ?? null;
}
