export { escalation } from './escalation.ts';
