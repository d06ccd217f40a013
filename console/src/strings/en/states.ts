/** Loading, errors, offline and the pages that are not there. */
export const enStates = {
  loading: 'Loading…',
  errorTitle: 'This could not be loaded',
  dismiss: 'Dismiss',
  retry: 'Try again',
  offline: 'You are offline. What you see may be out of date; it refreshes when the connection is back.',
  reconnecting: 'The server does not answer. Trying again…',
  back: 'Connected again',
  forbiddenTitle: 'You have no access to this',
  forbidden: 'Your role does not include it. A programme manager can change that.',
  notFoundTitle: 'There is nothing here',
  notFound: 'The address may be mistyped, or it belongs to something that you cannot see.',
  toQueue: 'Go to the queue',
  crashTitle: 'Something on this page broke',
  crash: 'What you were doing is safe on the server. Load the page again to go on.',
  reload: 'Load again',
};
