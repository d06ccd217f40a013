export { escalation } from './escalation.ts';
export { reconciler } from './reconciler.ts';
