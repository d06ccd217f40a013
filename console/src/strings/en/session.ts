/** Signing in, and a session that has ended. */
export const enSession = {
  title: 'Sign in to Tierline',
  lead: 'The escalation desk. Your organisation’s sign-in decides what you may see and do here.',
  signIn: 'Sign in',
  signingIn: 'Signing you in…',
  failed: 'Signing in did not work',
  retry: 'Try again',
  expiredTitle: 'Your session has ended',
  expiredLead: 'Sign in again to go on. Everything you have typed on this page stays as it is.',
  signInAgain: 'Sign in again',
  popupBlocked: 'The browser blocked the sign-in window. Allow pop-ups for this page, or leave the page to sign in.',
  leave: 'Leave the page to sign in',
  configFailed: 'The console could not read its configuration from the server.',
};
